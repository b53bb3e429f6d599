import pMap from 'p-map'
import { type Bucket, removePrefixPage } from './bucket'
import { EXPORTS, exportPartKey, exportsPrefix } from './object-keys'

/** Which export of whom. */
export interface ExportName {
  userId: string
  id: string
}

/**
 * Stores a part and where to go on behind it. If it is there already, from a run that broke off or goes on beside this one,
 * that one counts. Returns what counts.
 */
export async function storePart(
  bucket: Bucket,
  { userId, id }: ExportName,
  part: number,
  { lines, position }: { lines: string; position: string | null },
): Promise<{ position: string | null; bytes: number }> {
  const key = exportPartKey(userId, id, part)
  const bytes = new TextEncoder().encode(lines)
  const stored = await bucket.put(key, bytes, {
    onlyIf: new Headers({ 'If-None-Match': '*' }),
    customMetadata: position === null ? {} : { position },
  })
  if (stored) return { position, bytes: bytes.length }
  const there = await bucket.head(key)
  if (!there) throw new Error('A part of an export was there and is gone.')
  return { position: there.customMetadata?.position ?? null, bytes: there.size }
}

const USERS = 200

/**
 * Removes what is stored of exports that nobody names: expired ones, and those of deleted accounts. `namedBy` tells which
 * users have an export, and its id.
 */
export async function removeOrphans(
  bucket: Bucket,
  namedBy: (userIds: string[]) => Promise<Map<string, string>>,
): Promise<void> {
  let cursor: string | undefined
  do {
    const page = await bucket.list({
      prefix: EXPORTS,
      delimiter: '/',
      limit: USERS,
      ...(cursor && { cursor }),
    })
    const users = page.delimitedPrefixes.map((prefix) => prefix.slice(EXPORTS.length, -1))
    // Before it is asked who has an export: one that begins meanwhile is not among them.
    const stored = await pMap(users, (userId) => listStored(bucket, userId), { concurrency: 6 })
    const named = await namedBy(users)
    for (const { userId, prefixes } of stored) {
      const kept = `${exportsPrefix(userId)}${named.get(userId)}/`
      for (const prefix of prefixes) if (prefix !== kept) await removePrefix(bucket, prefix)
    }
    cursor = page.truncated ? page.cursor : undefined
  } while (cursor)
}

async function listStored(bucket: Bucket, userId: string) {
  const listed = await bucket.list({ prefix: exportsPrefix(userId), delimiter: '/' })
  return { userId, prefixes: listed.delimitedPrefixes }
}

async function removePrefix(bucket: Bucket, prefix: string): Promise<void> {
  while (await removePrefixPage(bucket, prefix));
}
