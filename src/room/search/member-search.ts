import type { MemberRecord } from '../store/members'
import * as roster from '../store/roster'
import { findPhrase, tokenize } from './tokenizer'

/** A page reads at most this many names, which takes some milliseconds; the next page goes on. */
const MAX_READ = 5000
const SLICE = 500

export interface MemberSearch {
  search: string
  after: roster.MemberCursor | null
  limit: number
}

/**
 * Members who have, in their display name or username, a word that begins with what is searched; of several words all
 * must. In the order they joined. Names are compared here because SQL cannot fold them.
 */
export function searchMembers(
  sql: SqlStorage,
  { search, after, limit }: MemberSearch,
): { items: MemberRecord[]; next: roster.MemberCursor | null } {
  const wanted = search.split(/\s+/).map((part) => tokenize(part).map(({ token }) => token))
  const phrases = wanted.filter((tokens) => tokens.length > 0)
  const found: string[] = []
  let last = after
  for (let read = 0; phrases.length > 0 && read < MAX_READ; read += SLICE) {
    const names = roster.listNames(sql, last, SLICE)
    for (const name of names) {
      last = name
      if (matches(name, phrases)) found.push(name.userId)
      if (found.length === limit) return { items: roster.findMany(sql, found), next: last }
    }
    if (names.length < SLICE) return { items: roster.findMany(sql, found), next: null }
  }
  return { items: roster.findMany(sql, found), next: phrases.length > 0 ? last : null }
}

function matches({ displayName, username }: roster.MemberName, phrases: string[][]): boolean {
  const names = [tokenize(displayName), tokenize(username ?? '')]
  return phrases.every((tokens) =>
    names.some((words) => findPhrase(words, { tokens, isPrefix: true }).length > 0),
  )
}
