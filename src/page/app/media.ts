import { useEffect, useState } from 'preact/hooks'
import type { Media } from '../../client/protocol'
import { chat } from './chat'
import { localUrl } from './uploads'

interface Token {
  token: string
  /** By the clock of this device. */
  until: number
}

const tokens = new Map<string, Promise<Token>>()
const EARLY_MS = 60_000

/** What lets an `<img>` show media of a room: one token for all of them, asked for again before it ends. */
async function tokenOf(roomId: string): Promise<string> {
  const known = await tokens.get(roomId)?.catch(() => undefined)
  if (known && known.until > Date.now()) return known.token
  const asking = chat
    .request<{ token: string; expiresIn: number }>('POST', chat.room(roomId).path('media-token'))
    .then(({ token, expiresIn }) => ({ token, until: Date.now() + expiresIn * 1000 - EARLY_MS }))
  tokens.set(roomId, asking)
  return (await asking).token
}

/** The address of media. It stays as it is while it is shown, or the picture would be read again. */
export function useMediaUrl(
  roomId: string,
  media: Pick<Media, 'id' | 'url'>,
): { url: string | null; renew: () => void } {
  const own = localUrl(media.id) ?? null
  const [url, setUrl] = useState<string | null>(own)
  const [attempt, setAttempt] = useState(0)
  useEffect(() => {
    if (own && attempt === 0) return
    let isShown = true
    tokenOf(roomId)
      .then((token) => isShown && setUrl(`${media.url}?token=${token}`))
      .catch(() => {})
    return () => {
      isShown = false
    }
  }, [roomId, media.url, attempt, own])
  const renew = () => {
    if (attempt > 1) return
    tokens.delete(roomId)
    setAttempt(attempt + 1)
  }
  return { url, renew }
}

/** As it is shown: what was taken upright is higher than wide. */
export function sizeOf({
  width,
  height,
  orientation,
}: Media): { width: number; height: number } | null {
  if (!width || !height) return null
  return orientation && orientation >= 5 ? { width: height, height: width } : { width, height }
}

export function bytesOf(size: number): string {
  if (size < 1000) return `${size} bytes`
  if (size < 1_000_000) return `${Math.round(size / 1000)} kB`
  return `${(size / 1_000_000).toFixed(size < 10_000_000 ? 1 : 0)} MB`
}
