#!/usr/bin/env bash
# ministack 1.5.33 (PyPI): the tags of an object that is uploaded in parts are lost. CreateMultipartUpload takes `x-amz-tagging`
# without an error, and GetObjectTagging of the complete object has no tags. PutObject with the same header keeps them, and AWS
# keeps them in both cases (API reference of S3, CreateMultipartUpload).
#
# So the second `terraform plan` of an `aws_s3_object` with tags is empty for a small file, and wants to add the tags for ever for one
# that the provider's uploader sends in parts, which it does from 5 MiB on.
# Guessed before running: no difference, since a second plan of all of a stack's objects had been empty.
# Needs Python 3.11 or newer. Listens on loopback only. Fails if the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
server=""
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ministack==1.5.33 boto3==1.43.106
unset AWS_CA_BUNDLE
export AWS_ACCESS_KEY_ID=123456789012 AWS_SECRET_ACCESS_KEY=x AWS_DEFAULT_REGION=us-east-1
export BIND_HOST=127.0.0.1 GATEWAY_PORT
GATEWAY_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
venv/bin/ministack >server.log 2>&1 &
server=$!
cat >ask.py <<'EOP'
import io
import os
import time

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import EndpointConnectionError

s3 = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}")
for _ in range(100):
    try:
        s3.create_bucket(Bucket="packages")
        break
    except EndpointConnectionError:
        time.sleep(0.2)

for how, threshold in (("whole", 64 << 20), ("in parts", 5 << 20)):
    config = TransferConfig(multipart_threshold=threshold, multipart_chunksize=5 << 20)
    s3.upload_fileobj(io.BytesIO(bytes(6 << 20)), "packages", "p", ExtraArgs={"Tagging": "Name=p"}, Config=config)
    print(f"{how}: {s3.get_object_tagging(Bucket='packages', Key='p')['TagSet']}")
    s3.delete_object(Bucket="packages", Key="p")
EOP
seen=$(venv/bin/python ask.py)
expected="whole: [{'Key': 'Name', 'Value': 'p'}]
in parts: []"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
echo "unchanged"
