"""REAL: the tags of an object that is uploaded in parts, as clients do from 5 MB on. They come with the first request."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from ministack.services import s3


def install() -> None:
    """Keep them until the upload is complete."""
    create, complete = s3._create_multipart_upload, s3._complete_multipart_upload

    def create_with_tags(bucket: str, key: str, headers: dict[str, str]) -> Any:
        known = set(s3._multipart_uploads)
        answer = create(bucket, key, headers)
        tags = dict(parse_qsl(headers.get("x-amz-tagging", ""), keep_blank_values=True))
        for upload in set(s3._multipart_uploads) - known if tags else ():
            s3._multipart_uploads[upload].setdefault("tags", tags)
        return answer

    def complete_with_tags(bucket: str, key: str, body: bytes, query: dict[str, Any], *arguments: Any) -> Any:
        upload = s3._multipart_uploads.get(s3._qp(query, "uploadId"), {})
        answer = complete(bucket, key, body, query, *arguments)
        if answer[0] == 200 and "tags" in upload:
            version = s3._buckets[bucket]["objects"][key].get("version_id")
            s3._object_tags[(bucket, key, version)] = upload["tags"]
        return answer

    s3._create_multipart_upload, s3._complete_multipart_upload = create_with_tags, complete_with_tags
