import Codecs
import Processing
import Raster

/// Orders: what the daemon and its worker processes say to one another, over a socket between the two.
///
/// An order says what to make of a picture, and carries the picture as an open file; the answer is a value, or bytes in a
/// file that came with the order. A worker is told no path, and nothing that a picture's outputs do not need. It fails when
/// the other side is gone, takes too long, or says what makes no sense.

/// What a worker is asked to do. The picture's file comes with the order, at its place 0, but for ``survey``, ``run`` and ``next``.
public enum Order: Sendable, Codable {
  /// ``Codec/header(_:)``: answered with ``Reply/header``. The picture may go on behind its header for as long as it likes.
  case header(Limits)
  /// ``Processor/examine(_:limits:)``: answered with ``Reply/examined``. The worker keeps the picture for ``survey`` and
  /// ``run``.
  case examine(Limits)
  /// ``Processor/survey(_:as:for:limits:)`` of the picture of the last ``examine``: answered with ``Reply/surveyed``.
  case survey([Trim], Limits)
  /// ``Processor/run(_:original:limits:emit:)`` on the picture of the last ``examine``, the first output's file at place 0;
  /// none where the plan has no outputs. Answered with a ``Reply/made`` for each output and ``Reply/finished`` at the end.
  case run(Plan, Limits)
  /// Takes an output's ``Reply/made`` in, and brings the file of the next.
  case next
  /// ``Processor/verifyInterim(_:original:by:job:limits:)``: answered with ``Reply/finished``.
  case verify(OriginalFacts, Verification, JobFacts, Limits)
  /// ``Processor/fitted(_:to:limits:)``, the file for what comes of it at place 1: answered with ``Reply/fitted``, or with
  /// ``Reply/finished`` for a picture that fits as it is.
  case fit(InputBounds, Limits)
  /// ``Inspection``: answered with ``Reply/inspected``.
  case inspect(Limits)
}
