import { useEffect, useRef, useState } from 'preact/hooks'
import type { Media } from '../../client/protocol'
import { RESUMABLE_FROM, uploadAtOnce } from '../../client/single-upload'
import { chat } from './chat'
import { sentenceOf } from './sentences'

/** A file on its way into a message. */
export interface Attached {
  key: string
  file: File
  kind: Media['kind']
  /** Where this page shows it from, without asking the service. */
  preview: string | null
  width: number | null
  height: number | null
  /** Of one. */
  progress: number
  mediaId: string | null
  problem: string | null
}

const MAX_FILES = 10

/** What was uploaded on this page, so that a message of one's own shows it at once and does not blink when it was sent. */
const local = new Map<string, Media>()
const previews = new Map<string, string>()

export const localMedia = (mediaId: string): Media | undefined => local.get(mediaId)
export const localUrl = (mediaId: string): string | undefined => previews.get(mediaId)

/** The files that a message will have: uploaded as soon as they are chosen. */
export function useUploads(roomId: string) {
  const [files, setFiles] = useState<readonly Attached[]>([])
  const running = useRef(new Map<string, AbortController>())

  const change = (key: string, next: Partial<Attached>) =>
    setFiles((all) => all.map((one) => (one.key === key ? { ...one, ...next } : one)))

  const start = async (attached: Attached) => {
    const { key, file } = attached
    const controller = new AbortController()
    running.current.set(key, controller)
    change(key, { problem: null, progress: 0 })
    try {
      const upload = await uploadOf(file)
      const mediaId = await upload(chat.room(roomId), file, {
        signal: controller.signal,
        onProgress: (sent, total) => change(key, { progress: total > 0 ? sent / total : 0 }),
      })
      keep(mediaId, attached)
      change(key, { mediaId, progress: 1 })
    } catch (error) {
      if (!controller.signal.aborted) change(key, { problem: sentenceOf(error) })
    } finally {
      running.current.delete(key)
    }
  }

  const add = async (chosen: Iterable<File>) => {
    const room = MAX_FILES - files.length
    const added = await Promise.all([...chosen].slice(0, room).map(attachedOf))
    setFiles((all) => [...all, ...added])
    for (const one of added) start(one)
  }

  const remove = (key: string) => {
    running.current.get(key)?.abort(new Error('Taken out of the message.'))
    setFiles((all) => all.filter((one) => one.key !== key))
  }

  const retry = (key: string) => {
    const one = files.find((attached) => attached.key === key)
    if (one) start(one)
  }

  // Who leaves the room has not sent them.
  useEffect(() => {
    const all = running.current
    return () => {
      for (const controller of all.values()) controller.abort(new Error('The room was left.'))
    }
  }, [])

  const isBusy = files.some(({ mediaId, problem }) => mediaId === null && problem === null)
  const ids = files.flatMap(({ mediaId }) => mediaId ?? [])
  return { files, add, remove, retry, clear: () => setFiles([]), isBusy, ids }
}

/** What can go on after a cut is fetched for the first large file. Without it, that is sent in one request. */
const uploadOf = (file: File): Promise<typeof uploadAtOnce> | typeof uploadAtOnce =>
  file.size < RESUMABLE_FROM
    ? uploadAtOnce
    : import('../../client/upload').then(
        ({ upload }) => upload,
        () => uploadAtOnce,
      )

async function attachedOf(file: File): Promise<Attached> {
  const kind = kindOf(file)
  const preview = kind === 'image' || kind === 'video' ? URL.createObjectURL(file) : null
  const size = kind === 'image' ? await createImageBitmap(file).catch(() => null) : null
  const { width = null, height = null } = size ?? {}
  size?.close()
  return {
    key: crypto.randomUUID(),
    file,
    kind,
    preview,
    width,
    height,
    progress: 0,
    mediaId: null,
    problem: null,
  }
}

function kindOf({ type }: File): Media['kind'] {
  const [kind = ''] = type.split('/')
  if (kind === 'image' || kind === 'video' || kind === 'audio') return kind
  return type === 'application/pdf' ? 'document' : 'file'
}

function keep(mediaId: string, { file, kind, preview, width, height }: Attached): void {
  if (preview) previews.set(mediaId, preview)
  local.set(mediaId, {
    id: mediaId,
    kind,
    type: file.type,
    name: file.name,
    size: file.size,
    width,
    height,
    orientation: null,
    duration: null,
    thumbHash: null,
    url: `/v1/media/${mediaId}`,
    createdAt: new Date().toISOString(),
  })
}
