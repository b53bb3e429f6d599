// R2's least, which is also what the service takes.
const PART_BYTES = 5 * 1024 * 1024

/** The least that stores a body and gives it back: in one piece, or in parts as an upload needs that can resume. */
export async function answer(request: Request, bucket: R2Bucket, key: string): Promise<Response> {
  const { body, method } = request
  if (body && method === 'PUT') return new Response((await bucket.put(key, body))?.etag)
  if (body) return new Response((await cut(body, bucket, key)).etag)
  return new Response((await bucket.get(key))?.body)
}

async function cut(body: ReadableStream<Uint8Array>, bucket: R2Bucket, key: string) {
  const upload = await bucket.createMultipartUpload(key)
  const reader = body.getReader({ mode: 'byob' })
  const parts: R2UploadedPart[] = []
  for (;;) {
    const { value } = await reader.readAtLeast(PART_BYTES, new Uint8Array(PART_BYTES))
    if (!value?.length) return upload.complete(parts)
    parts.push(await upload.uploadPart(parts.length + 1, value))
  }
}
