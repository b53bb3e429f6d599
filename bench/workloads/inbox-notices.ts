import { setTimeout as wait } from 'node:timers/promises'
import { Connections } from '../clients/connections'
import { Inbox } from '../clients/inbox'
import { newNonce } from '../clients/member'
import type { Row } from '../report'
import { percentile } from '../statistics'
import * as people from '../targets/people'
import type { Workload } from '../workload'

const PEOPLE = 60
const AIM_MS = 300
const SETTLE_MS = 10_000

/** From a request until the device of whom it concerns hears of it: one thing after the other, for each of many. */
export const notices: Workload = {
  name: 'inbox, notices',
  async run({ pool, progress }) {
    progress(`${this.name}: preparing`)
    const target = await pool.ours()
    const { url } = target.server
    const [owner = '', ...others] = await people.signedIn(
      await target.server.database('DB'),
      PEOPLE,
    )
    const roomId = await people.gather(url, [owner, ...others])
    const connections = new Connections(url, 4)
    const ask = <T>(method: string, path: string, token: string, body?: unknown) =>
      connections.json<T>(method, path, token, body)
    const devices: { token: string; id: string; inbox: Inbox; second: Inbox }[] = []
    for (const token of others) {
      const { id } = await ask<{ id: string }>('GET', '/v1/me', token)
      await ask('PATCH', '/v1/me', token, { messagePolicy: 'everyone' })
      const [inbox, second] = [new Inbox(url, token), new Inbox(url, token)]
      await inbox.connect()
      await second.connect()
      devices.push({ token, id, inbox, second })
    }
    await wait(SETTLE_MS)
    const delays: Record<string, number[]> = {}
    const measure = async (kind: string, told: Promise<unknown>[], act: () => Promise<unknown>) => {
      const startedAt = performance.now()
      await act()
      await Promise.all(told)
      delays[kind] = [...(delays[kind] ?? []), performance.now() - startedAt]
    }
    const path = `/v1/rooms/${roomId}`
    const message = () => ({ nonce: newNonce(), text: 'How is the sea?' })
    for (const { token, id, inbox, second } of devices) {
      await measure('a mention', [heard(inbox, 'mention')], () =>
        ask('POST', `${path}/messages`, owner, { ...message(), mentions: [id] }),
      )
      await measure('a friend request', [heard(inbox, 'friend.requested')], () =>
        ask('PUT', `/v1/me/friend-requests/${id}`, owner),
      )
      const direct = await ask<{ id: string }>('POST', `/v1/direct/${id}`, owner)
      await measure('a new direct room', [heard(inbox, 'room.added')], () =>
        ask('POST', `/v1/rooms/${direct.id}/messages`, owner, message()),
      )
      const { seq } = await ask<{ seq: number }>('GET', path, token)
      // Markers of a room are told once a second.
      await wait(1100)
      await measure('a marker, two devices', [heard(inbox, 'read'), heard(second, 'read')], () =>
        ask('PUT', `${path}/read-marker`, token, { seq }),
      )
    }
    connections.close()
    for (const { inbox, second } of devices) {
      inbox.close()
      second.close()
    }
    return Object.entries(delays).map(([kind, all]): Row => {
      const p99 = percentile(all, 0.99)
      const workload = `${this.name}: ${kind}, p99`
      return { workload, unit: 'ms', ours: p99, aim: `< ${AIM_MS}`, met: p99 < AIM_MS }
    })
  },
}

/** Resolves when a device hears of something of this type. */
const heard = (inbox: Inbox, type: string): Promise<void> =>
  new Promise((resolve) => {
    const before = inbox.onUpdate
    inbox.onUpdate = (update) => {
      before(update)
      if (update.type === type) resolve()
    }
  })
