"""Holds every manifest beneath a folder against the files beside it, with exiftool and Pillow as judges.

Prints one line for each thing on which they disagree; nothing when all agree.
"""

import hashlib
import json
import pathlib
import subprocess
import sys

from PIL import Image

GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
EDITED = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"


def disagreements(folder):
    tags = {
        tag["SourceFile"]: tag
        for tag in json.loads(
            subprocess.run(
                ["exiftool", "-json", "-n", "-a", "-u", "-validate", "-warning", "-r", "-ext", "webp", "-ext", "png",
                 "-ext", "jpg", "-all", str(folder)],
                check=True, capture_output=True).stdout)
    }
    for manifest in sorted(folder.rglob("manifest.json")):
        record = json.loads(manifest.read_text())
        beside = {file.name for file in manifest.parent.iterdir()} - {"manifest.json"}
        listed = {output["file"] for output in record["outputs"]}
        if beside != listed:
            yield f"{manifest}: lists {sorted(listed)}, beside it lie {sorted(beside)}"
        is_edit = record["calls"][0]["endpoint"] == "/image/edit"
        for output in record["outputs"]:
            file = manifest.parent / output["file"]
            data = file.read_bytes()
            tag = tags[str(file)]
            with Image.open(file) as picture:
                picture.load()
                seen = {"format": picture.format.lower(), "width": picture.width, "height": picture.height}
            seen |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for key, value in seen.items():
                if output[key] != value:
                    yield f"{file}: the manifest says {key} {output[key]}, Pillow {value}"
            if (tag["ImageWidth"], tag["ImageHeight"]) != (output["width"], output["height"]):
                yield f"{file}: exiftool says {tag['ImageWidth']}x{tag['ImageHeight']}"
            if "Warning" in tag or tag.get("Validate", "0 0 0") != "0 0 0":
                yield f"{file}: exiftool warns: {tag.get('Warning')} {tag.get('Validate')}"
            expected = {"none": None}.get(output["metadata"], EDITED if is_edit else GENERATED)
            if tag.get("DigitalSourceType") != expected:
                yield f"{file}: DigitalSourceType is {tag.get('DigitalSourceType')}"
            prompt = record["request"].get("prompt") or record["request"].get("edit", {}).get("prompt")
            # A page elides one prompt to three dots, which any file may hold by chance.
            is_telling = len(prompt) >= 8 and output["metadata"] in ("none", "provenance")
            if is_telling and prompt.encode() in data:
                yield f"{file}: the prompt is in it"


def main():
    found = list(disagreements(pathlib.Path(sys.argv[1])))
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
