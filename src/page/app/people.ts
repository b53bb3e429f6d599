import type { User } from '../../client/protocol'
import { chat } from './chat'
import { nameOf } from './names'

const wanted = new Set<string>()
const asked = new Set<string>()
let isPlanned = false

const AT_ONCE = 100

/** The name of whoever has this id. Of somebody who was not met yet it is asked for, together with all others. */
export function nameById(userId: string): string {
  const user = chat.users.get(userId)
  if (user) return nameOf(user)
  if (!asked.has(userId)) {
    wanted.add(userId)
    plan()
  }
  return '…'
}

function plan(): void {
  if (!isPlanned) setTimeout(ask, 50)
  isPlanned = true
}

async function ask(): Promise<void> {
  isPlanned = false
  const ids = [...wanted].slice(0, AT_ONCE)
  for (const id of ids) {
    wanted.delete(id)
    asked.add(id)
  }
  if (wanted.size > 0) plan()
  try {
    const { items } = await chat.request<{ items: User[] }>('GET', `/v1/users?ids=${ids.join(',')}`)
    for (const user of items) chat.users.add(user)
    chat.changed()
  } catch {
    // Who looks again asks again.
    for (const id of ids) asked.delete(id)
  }
}
