import type { Told, Transfers } from '../clients/transfers'
import type { Target } from './target'

/** What a body of many bytes took. */
export type Moved = Pick<Told, 'seconds' | 'sha256'>

/** Where a target keeps media; what is up last is what comes down. */
export interface Store {
  up: (bytes: number, isHashed?: boolean) => Promise<Moved>
  /** By a protocol that can resume, where there is one. */
  upInParts: (bytes: number, isHashed?: boolean) => Promise<Moved>
  down: (isHashed?: boolean) => Promise<Moved>
}

export async function storeOf(target: Target, transfers: Transfers): Promise<Store> {
  return target.dialect.name === 'ours' ? ours(target, transfers) : floor(target, transfers)
}

async function ours(target: Target, transfers: Transfers): Promise<Store> {
  const { url, roomId, tokens } = await target.room(1)
  const headers = { Authorization: `Bearer ${tokens[0]}` }
  const room = `/v1/rooms/${roomId}`
  let latest = ''
  const run = (
    method: string,
    path: string,
    more: Record<string, string>,
    bytes: number,
    isHashed: boolean,
  ) =>
    transfers.run({
      method,
      url: new URL(path, url).href,
      headers: { ...headers, ...more },
      bytes,
      isHashed,
    })
  return {
    up: async (bytes, isHashed = false) => {
      const film = { 'Content-Type': 'video/mp4', 'Content-Length': String(bytes) }
      const told = await run('POST', `${room}/media`, film, bytes, isHashed)
      latest = told.location as string
      return told
    },
    upInParts: async (bytes, isHashed = false) => {
      const tus = { 'Tus-Resumable': '1.0.0', 'Upload-Length': String(bytes) }
      const film = { ...tus, 'Upload-Metadata': `filetype ${btoa('video/mp4')}` }
      const { location = '' } = await run('POST', `${room}/uploads`, film, 0, false)
      latest = `/v1/media/${location.split('/').at(-1)}`
      const chunk = {
        'Tus-Resumable': '1.0.0',
        'Upload-Offset': '0',
        'Content-Type': 'application/offset+octet-stream',
        'Content-Length': String(bytes),
      }
      return run('PATCH', location, chunk, bytes, isHashed)
    },
    down: (isHashed = false) => run('GET', latest, {}, 0, isHashed),
  }
}

function floor({ server }: Target, transfers: Transfers): Store {
  const url = new URL('/media/film', server.url).href
  const up =
    (method: string) =>
    (bytes: number, isHashed = false) =>
      transfers.run({
        method,
        url,
        headers: { 'Content-Length': String(bytes) },
        bytes,
        isHashed,
      })
  const down = (isHashed = false) =>
    transfers.run({ method: 'GET', url, headers: {}, bytes: 0, isHashed })
  return { up: up('PUT'), upInParts: up('PATCH'), down }
}
