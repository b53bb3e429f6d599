import { useEffect, useState } from 'preact/hooks'
import type { Author } from '../../client/protocol'
import { chat } from './chat'
import { nameOf } from './names'
import type { Page } from './requests'

export interface Choice {
  /** What takes the place of what was typed. */
  text: string
  name: string
  handle: string
  user: Author | null
}

const AT_MOST = 7
const PAUSE_MS = 80
/** An `@` at the beginning or after a space, and what follows it up to the caret. */
const BEGUN = /(^|\s)@([\p{L}\p{N}._-]{0,32})$/u

/** The name that is being typed before the caret, and where its `@` stands. */
export function begunMention(text: string, caret: number): { query: string; start: number } | null {
  const match = BEGUN.exec(text.slice(0, caret))
  if (!match) return null
  const [, , query = ''] = match
  return { query, start: caret - query.length - 1 }
}

/** Members whose name begins like that, and everyone where one may mention them. */
export function useChoices(
  roomId: string,
  query: string | null,
  mayMentionRoom: boolean,
): readonly Choice[] {
  const [choices, setChoices] = useState<readonly Choice[]>([])
  useEffect(() => {
    if (query === null) return setChoices([])
    let isWanted = true
    const timer = setTimeout(async () => {
      const search = query ? `&search=${encodeURIComponent(query)}` : ''
      const path = chat.room(roomId).path(`members?limit=${AT_MOST + 1}${search}`)
      const page = await chat.request<Page<{ user: Author }>>('GET', path).catch(() => null)
      if (!isWanted || !page) return
      const members = page.items
        .filter(({ user }) => user.id !== chat.userId)
        .slice(0, AT_MOST)
        .map(({ user }) => ({
          text: `@${nameOf(user)}`,
          name: nameOf(user),
          handle: user.username ? `@${user.username}` : '',
          user,
        }))
      const isEveryone = mayMentionRoom && 'everyone'.startsWith(query.toLowerCase())
      const everyone = { text: '@everyone', name: '@everyone', handle: 'All members', user: null }
      setChoices(isEveryone ? [...members, everyone] : members)
    }, PAUSE_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [roomId, query, mayMentionRoom])
  return query === null ? [] : choices
}
