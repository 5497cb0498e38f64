"""What a user's own code needs of the emulator: a runtime of its own, and a package of more than 5 MB."""

from __future__ import annotations

import io
import json
import os
import unittest
import zipfile

from boto3.s3.transfer import TransferConfig

from tests.support import Emulator

# As a program of a custom runtime: it asks for one event after another, and answers with what it knows of AWS.
BOOTSTRAP = """#!/usr/bin/env python3
import json, os, urllib.request
base = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
while True:
    with urllib.request.urlopen(base + "next") as event:
        name = event.headers["Lambda-Runtime-Aws-Request-Id"]
    answer = json.dumps(os.environ.get("AWS_ENDPOINT_URL")).encode()
    urllib.request.urlopen(urllib.request.Request(base + name + "/response", answer, method="POST"))
"""


class CustomRuntimeTest(unittest.TestCase):
    """One emulator."""

    emulator: Emulator

    @classmethod
    def setUpClass(cls) -> None:
        cls.emulator = cls.enterClassContext(Emulator())

    def test_a_program_finds_aws_here(self) -> None:
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            entry = zipfile.ZipInfo("bootstrap")
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, BOOTSTRAP)
        client = self.emulator.client("lambda")
        client.create_function(
            FunctionName="own",
            Runtime="provided.al2023",
            Handler="bootstrap",
            Role="arn:aws:iam::123456789012:role/own",
            Code={"ZipFile": package.getvalue()},
        )
        answer = json.load(client.invoke(FunctionName="own")["Payload"])
        self.assertEqual(answer, self.emulator.endpoint)

    def test_an_object_that_is_uploaded_in_parts_has_its_tags(self) -> None:
        client = self.emulator.client("s3")
        client.create_bucket(Bucket="packages")
        client.put_bucket_versioning(Bucket="packages", VersioningConfiguration={"Status": "Enabled"})
        parts = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)
        content = io.BytesIO(os.urandom(6 << 20))
        client.upload_fileobj(content, "packages", "own.zip", ExtraArgs={"Tagging": "Name=own&Empty="}, Config=parts)
        tags = client.get_object_tagging(Bucket="packages", Key="own.zip")["TagSet"]
        self.assertCountEqual(tags, [{"Key": "Name", "Value": "own"}, {"Key": "Empty", "Value": ""}])


if __name__ == "__main__":
    unittest.main()
