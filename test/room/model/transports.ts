import { env } from 'cloudflare:workers'
import type { Code } from '../../../src/errors'
import { deliver } from '../../fixtures/fanout'
import { connect, type RoomSocket } from '../../fixtures/socket'
import type { User } from '../../fixtures/users'
import type { Action } from './actions'
import { call, type HttpTarget } from './http-requests'
import type { Name, Verdict } from './room-model'
import type { Attempt } from './rule'
import { command } from './socket-commands'

export type Transport = 'http' | 'socket'

/** HTTP and the sockets of one room, for the users of the model. */
export class Transports {
  #target: HttpTarget
  #sockets = new Map<Name, RoomSocket>()
  #ref = 0

  constructor(
    private readonly cast: Record<Name, User>,
    private readonly roomId: string,
  ) {
    this.#target = { cast, path: `/v1/rooms/${roomId}`, invites: [] }
  }

  /** Attempts an action over a transport, or over HTTP where the socket has no such command. */
  async try(action: Action, transport: Transport, attempt: Attempt): Promise<Verdict> {
    const said = transport === 'socket' ? command(this.cast, action, attempt) : undefined
    if (said) return this.#command(attempt.who, said)
    if (action === 'delete account') await this.#syncDirectory()
    const { status, body } = await call(this.#target, action, attempt)
    if (status >= 300) return body.code as Code
    if (action === 'invite') this.#target.invites.push(body)
    if (action === 'delete account') await deliver(env, { userId: this.cast[attempt.who].id })
    return 'ok'
  }

  /** Waits until the sockets of these are closed with these codes. Throws when another one closes. */
  async awaitClosed(closed: Map<Name, number>): Promise<void> {
    for (const [name, socket] of this.#sockets) {
      if (!closed.has(name) && !socket.closed) continue
      const { code } = await socket.end()
      if (code !== closed.get(name)) throw new Error(`${name}'s socket was closed with ${code}`)
      this.#sockets.delete(name)
    }
  }

  async #command(who: Name, said: object): Promise<Verdict> {
    const socket = this.#sockets.get(who) ?? (await connect(this.cast[who].token, this.roomId))
    this.#sockets.set(who, socket)
    this.#ref += 1
    socket.send({ ...said, ref: this.#ref })
    const answer = await socket.answer(this.#ref)
    return 'problem' in answer ? answer.problem.code : 'ok'
  }

  /** The directory says who was ever a member, and so which rooms a change of a profile reaches. */
  async #syncDirectory(): Promise<void> {
    const room = env.ROOMS.get(env.ROOMS.idFromName(this.roomId))
    // Only members make it sync.
    for (const { id } of Object.values(this.cast)) {
      await room.syncDirectory(id, Number.MAX_SAFE_INTEGER)
    }
  }
}
