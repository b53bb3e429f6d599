// Runs in the browser. The tests call what it puts on the window.
import Uppy from '@uppy/core'
import UppyTus from '@uppy/tus'
import { Upload } from 'tus-js-client'
import { Chat } from '../../../src/client/chatroom-client'
import { upload } from '../../../src/client/upload'
import type { Acts, Orders } from '../upload-orders'

/** Bytes that begin as a film does, and no two runs of which are alike. */
function film(size: number): Blob {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65_536)))
  }
  const head = '0000001c667479706d703432000000006d70343269736f6d'
  bytes.set(head.match(/../g)?.map((hex) => Number.parseInt(hex, 16)) ?? [])
  return new File([bytes], 'boat.mp4', { type: 'video/mp4' })
}

async function hashOf(content: Blob): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await content.arrayBuffer())
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

const options = ({ endpoint, token, overridePatchMethod }: Orders) => ({
  endpoint,
  overridePatchMethod,
  chunkSize: 1_000_000,
  retryDelays: [100, 500],
  headers: { Authorization: `Bearer ${token}` },
  storeFingerprintForResuming: false,
})

/** Uploads by tus-js-client, broken off once and resumed by another object that knows the address only. */
async function byTusJsClient(orders: Orders) {
  const content = film(orders.bytes)
  const metadata = { filename: 'boat.mp4', filetype: 'video/mp4' }
  const url = await new Promise<string>((resolve, reject) => {
    const upload = new Upload(content, {
      ...options(orders),
      metadata,
      onError: reject,
      onChunkComplete: (_size, accepted) => {
        if (accepted >= orders.bytes / 2) {
          upload.abort().then(() => resolve(upload.url as string), reject)
        }
      },
    })
    upload.start()
  })
  await new Promise<void>((resolve, reject) => {
    const resumed = new Upload(content, {
      ...options(orders),
      uploadUrl: url,
      onError: reject,
      onSuccess: () => resolve(),
    })
    resumed.start()
  })
  return { url, sha256: await hashOf(content) }
}

/** Uploads by Uppy, paused once. */
async function byUppy(orders: Orders) {
  const content = film(orders.bytes)
  const uppy = new Uppy({ autoProceed: false }).use(UppyTus, {
    ...options(orders),
    allowedMetaFields: ['name', 'type'],
  })
  const id = uppy.addFile({ name: 'boat.mp4', type: 'video/mp4', data: content })
  let wasPaused = false
  uppy.on('upload-progress', (_file, { bytesUploaded }) => {
    if (wasPaused || !bytesUploaded || bytesUploaded < orders.bytes / 3) return
    wasPaused = true
    uppy.pauseResume(id)
    setTimeout(() => uppy.pauseResume(id), 300)
  })
  const result = await uppy.upload()
  const [failed] = result?.failed ?? []
  if (failed) throw new Error(String(failed.error))
  return { url: result?.successful?.[0]?.uploadURL ?? '', wasPaused, sha256: await hashOf(content) }
}

/** The file that somebody picks twice. */
function picked(size: number): File {
  const bytes = Uint8Array.from({ length: size }, (_, at) => (at * at) % 251)
  bytes.set(new TextEncoder().encode('\0\0\0\x1cftypmp42\0\0\0\0mp42isom'))
  return new File([bytes], 'boat.mp4', { type: 'video/mp4', lastModified: 1 })
}

function roomOf({ endpoint, token }: Orders) {
  const { origin, pathname } = new URL(endpoint)
  return new Chat(origin, { token: () => token }).room(pathname.split('/').at(-2) ?? '')
}

/** Uploads half, when the page goes: in the same turn, or the rest would have arrived before it does. */
const begin = (orders: Orders) =>
  new Promise<void>((_, reject) => {
    const onProgress = (sent: number) => sent > orders.bytes / 2 && location.reload()
    upload(roomOf(orders), picked(orders.bytes), { onProgress }).catch(reject)
  })

async function resume(orders: Orders) {
  const file = picked(orders.bytes)
  const seen: number[] = []
  const id = await upload(roomOf(orders), file, { onProgress: (sent) => seen.push(sent) })
  return { url: id, from: seen[0] ?? 0, sha256: await hashOf(file) }
}

/** What a page can read of the answer to a client of another version. */
async function asOtherVersion({ endpoint, token }: Orders) {
  const headers = { Authorization: `Bearer ${token}`, 'Tus-Resumable': '0.2.2' }
  const answer = await fetch(endpoint, { method: 'POST', headers })
  return { status: answer.status, version: answer.headers.get('Tus-Version') }
}

/** What a page can read of the state of an upload. */
async function readBack({ endpoint: url, token }: Orders) {
  const headers = { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0' }
  const answer = await fetch(url, { method: 'HEAD', headers })
  return { status: answer.status, metadata: answer.headers.get('Upload-Metadata') }
}

const acts: Acts = { byTusJsClient, byUppy, begin, resume, asOtherVersion, readBack }
Object.assign(window, { acts })
