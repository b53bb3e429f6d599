import { env } from 'cloudflare:workers'
import type { Code } from '../../../src/errors'
import { deliver } from '../../fixtures/fanout'
import { connect, type RoomSocket } from '../../fixtures/socket'
import type { User } from '../../fixtures/users'
import type { Deed } from './actions'
import { call, type Place } from './http-requests'
import type { Name, Verdict } from './room-model'
import type { Try } from './rule'
import { command } from './socket-commands'

export type Door = 'http' | 'socket'

/** The two doors of one room, for people who try things. */
export class Doors {
  #place: Place
  #sockets = new Map<Name, RoomSocket>()
  #ref = 0

  constructor(
    private readonly cast: Record<Name, User>,
    private readonly roomId: string,
  ) {
    this.#place = { cast, path: `/v1/rooms/${roomId}`, invites: [] }
  }

  /** Tries something at a door, or over HTTP where the socket has no such command. */
  async try(deed: Deed, door: Door, attempt: Try): Promise<Verdict> {
    const said = door === 'socket' ? command(this.cast, deed, attempt) : undefined
    if (said) return this.#say(attempt.who, said)
    if (deed === 'quit') await this.#index()
    const { status, body } = await call(this.#place, deed, attempt)
    if (status >= 300) return body.code as Code
    if (deed === 'invite') this.#place.invites.push(body)
    if (deed === 'quit') await deliver(env, { userId: this.cast[attempt.who].id })
    return 'ok'
  }

  /** Waits until the sockets of these are ended, as it is said. Throws when another one ends. */
  async shut(out: Map<Name, number>): Promise<void> {
    for (const [name, socket] of this.#sockets) {
      if (!out.has(name) && !socket.closed) continue
      const { code } = await socket.end()
      if (code !== out.get(name)) throw new Error(`${name}'s socket ended with ${code}`)
      this.#sockets.delete(name)
    }
  }

  async #say(who: Name, said: object): Promise<Verdict> {
    const socket = this.#sockets.get(who) ?? (await connect(this.cast[who].token, this.roomId))
    this.#sockets.set(who, socket)
    this.#ref += 1
    socket.send({ ...said, ref: this.#ref })
    const answer = await socket.answer(this.#ref)
    return 'problem' in answer ? answer.problem.code : 'ok'
  }

  /** The index tells who was ever here, whom news of a person reaches. */
  async #index(): Promise<void> {
    const { ROOMS } = env
    await ROOMS.get(ROOMS.idFromName(this.roomId)).syncDirectory('', Number.MAX_SAFE_INTEGER)
  }
}
