import { createTarPacker } from 'modern-tar'
import type { Bucket } from './bucket'
import type { ExportName } from './export-parts'
import { avatarKey, exportPartKey, mediaKey } from './object-keys'

/** How many parts one archive has: with the files that they name, no more than a request may read. */
export const PARTS_OF_ARCHIVE = 40

const README = `This archive holds what the service has of you.

data/    one JSON object a line: { "format": 1, "type": ..., "roomId": ..., "data": ... }
media/   the files that you uploaded, by the id of their line of type "media"
avatar/  your picture

Lines are in no order that means anything; messages have a "seq" within their room.
`

/** Streams one of the archives of an export. What was deleted since it was made is left out. */
export function openArchive(
  bucket: Bucket,
  name: ExportName & { parts: number; readyAt: number },
  archive: number,
): { readable: ReadableStream<Uint8Array>; filled: Promise<void> } {
  const { readable, controller } = createTarPacker()
  const mtime = new Date(name.readyAt)
  const add = async (path: string, object: { size: number; body: ReadableStream | Uint8Array }) => {
    const entry = controller.add({ name: path, size: object.size, type: 'file', mtime })
    await new Response(object.body as BodyInit).body?.pipeTo(entry)
  }
  const addKey = async (path: string, key: string) => {
    const object = await bucket.get(key)
    if (object) await add(path, object)
  }
  const fill = async () => {
    const readme = new TextEncoder().encode(README)
    await add('README.txt', { size: readme.length, body: readme })
    const first = archive * PARTS_OF_ARCHIVE
    const end = Math.min(name.parts, first + PARTS_OF_ARCHIVE)
    for (let part = first; part < end; part += 1) {
      const object = await bucket.get(exportPartKey(name.userId, name.id, part))
      if (!object) throw new Error('A part of the export is gone.')
      const bytes = new Uint8Array(await object.arrayBuffer())
      const path = `data/${String(part).padStart(6, '0')}.ndjson`
      await add(path, { size: bytes.length, body: bytes })
      for (const { path, key } of filesOf(new TextDecoder().decode(bytes))) await addKey(path, key)
    }
    controller.finalize()
  }
  const filled = fill().catch((error: unknown) => controller.error(error))
  return { readable, filled }
}

/** The files that lines name. */
function filesOf(lines: string): { path: string; key: string }[] {
  return lines.split('\n').flatMap((line) => {
    // Most lines are messages, which name none.
    if (!/^\{"format":1,"type":"(media|account)"/.test(line)) return []
    const { type, data } = JSON.parse(line)
    if (type === 'media') return [{ path: `media/${data.id}`, key: mediaKey(data.id) }]
    if (!data.avatar) return []
    return [{ path: `avatar/${data.avatar}`, key: avatarKey('users', data.id, data.avatar) }]
  })
}
