"""The official OpenAI client, unchanged, against the local API: openai_sdk.py BASE_URL REJECTED_KEY

Prints one line for each promise that holds; the first that does not ends it with a traceback.
"""

import base64
import sys

import openai

base_url, rejected_key = sys.argv[1:]
client = openai.OpenAI(base_url=base_url, api_key="x", max_retries=0)


def kind(data):
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    return "jpeg" if data.startswith(b"\xff\xd8\xff") else "neither"


def picture(**more):
    answer = client.images.generate(model="qwen-image-2", prompt="A canal at dusk", **more)
    assert len(answer.data) == 1 and answer.created > 1_700_000_000, answer
    return answer.data[0]


def refused(error, **more):
    arguments = {"model": "qwen-image-2", "prompt": "A canal", "size": "256x256", **more}
    try:
        client.images.generate(**arguments)
    except error as caught:
        assert caught.response.json()["error"], caught
        return caught
    raise AssertionError(f"no {error.__name__} for {more}")


image = picture(n=1, size="1024x1024", response_format="b64_json")
data = base64.b64decode(image.b64_json, validate=True)
assert kind(data) == "png" and image.url is None
assert int.from_bytes(data[16:20]) == int.from_bytes(data[20:24]) == 1024
print("b64_json")

assert kind(base64.b64decode(picture(size="256x256").b64_json)) == "png"
print("no response_format")

for name in ("png", "webp", "jpeg"):
    assert kind(base64.b64decode(picture(size="256x256", output_format=name).b64_json)) == name
print("output_format")

url = picture(size="256x256", response_format="url", output_format="webp").url
assert url.startswith("data:image/webp;base64,") and kind(base64.b64decode(url.split(",")[1])) == "webp"
print("url")

picture(
    size="512x512", quality="high", style="natural", user="somebody", background="auto", moderation="low",
    output_compression=80, n=None,
)
print("every other field")

assert client.images.with_raw_response.generate(
    prompt="A canal", size="256x256").http_response.headers["content-encoding"] == "gzip"
print("gzip")

models = list(client.models.list())
assert "qwen-image-2" in {model.id for model in models}
assert all(model.object == "model" and model.owned_by == "venice.ai" and model.created for model in models)
print("models")

error = refused(openai.BadRequestError, size="1000x1000")
assert error.response.json()["details"]["size"]["_errors"], error
refused(openai.BadRequestError, n=2)
refused(openai.BadRequestError, prompt="x" * 1501)
print("BadRequestError")

refused(openai.RateLimitError, prompt="[sandbox:status=429;retry-after=3]")
refused(openai.PermissionDeniedError, prompt="[sandbox:status=403]")
refused(openai.UnprocessableEntityError, prompt="[sandbox:status=422]")
refused(openai.InternalServerError, prompt="[sandbox:status=503]")
print("the other errors")

client = client.with_options(max_retries=2)
assert picture(size="256x256", user="again").b64_json
assert client.images.generate(prompt="[sandbox:status=503;times=1]", size="256x256").data[0].b64_json
print("a retry")

client = openai.OpenAI(base_url=base_url, api_key=rejected_key, max_retries=0)
refused(openai.AuthenticationError)
print("AuthenticationError")
