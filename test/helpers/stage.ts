import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { DmAccess } from '../../src/directory/dm-access'
import type { Profile } from '../../src/directory/profiles'
import * as profileFanout from '../../src/fanout/profile-fanout'

/** Rooms that note what they are told, some of them broken, and a queue that notes what it is sent. */
export function stage() {
  const told = new Map<string, Profile>()
  const contacts = new Map<string, DmAccess>()
  const broken = new Set<string>()
  const sent: profileFanout.Changed[] = []
  const hear = (roomId: string, note: () => unknown) => {
    if (broken.has(roomId)) throw new Error('The room is down.')
    if (roomId.startsWith('gone')) return { ok: false, code: 'not_found', detail: '', extras: {} }
    note()
    return { ok: true }
  }
  const room = (roomId: string) => ({
    applyProfile: async (profile: Profile) => hear(roomId, () => told.set(roomId, profile)),
    applyContact: async (contact: DmAccess) => hear(roomId, () => contacts.set(roomId, contact)),
  })
  const rooms = { idFromName: (name: string) => name, get: room }
  const queue = {
    send: async (body: profileFanout.Changed) => void sent.push(body),
    sendBatch: async (batch: { body: profileFanout.Changed }[]) =>
      void sent.push(...batch.map(({ body }) => body)),
  }
  const staged = {
    ...env,
    ROOMS: rooms as unknown as Env['ROOMS'],
    PEOPLE: queue as unknown as Env['PEOPLE'],
  }
  return { env: staged, told, contacts, broken, sent }
}

/** Makes someone a member as the index has it. */
export async function join(userId: string, roomIds: string[], leftAt: number | null = null) {
  const insert = env.DB.prepare(
    `insert into memberships (user_id, room_id, version, role, joined_at, left_at, read_seq, read_n, sent_count, visited_at)
     values (?, ?, 1, 'member', 0, ?, 0, 0, 0, 0)`,
  )
  await env.DB.batch(roomIds.map((roomId) => insert.bind(userId, roomId, leftAt)))
}

/** Gives the queue's consumer one message. */
export async function deliver(staged: Env, body: profileFanout.Changed, attempts = 1) {
  const message = { id: 'message', timestamp: new Date(), attempts, body }
  const batch = createMessageBatch<profileFanout.Changed>('chatroom-people', [message])
  await profileFanout.receive(batch, staged)
  return getQueueResult(batch, createExecutionContext())
}
