import type { Code } from '../../src/errors'
import type { Reply } from './api'
import type { memberRules } from './member-rules'
import type { messageRules } from './message-rules'
import type { Person } from './person'
import type { Name, Verdict } from './room-model'
import type { Try } from './rules'
import { connect, type RoomSocket } from './socket'

export type Deed = keyof typeof messageRules | keyof typeof memberRules
export type Door = 'http' | 'socket'

/** The two doors of one room, for people who try things. */
export class Doors {
  #sockets = new Map<Name, RoomSocket>()
  #ref = 0

  constructor(
    private readonly cast: Record<Name, Person>,
    private readonly roomId: string,
    private readonly path: string,
  ) {}

  /** Tries something at a door, or over HTTP where the socket has no such command. */
  async try(deed: Deed, door: Door, attempt: Try): Promise<Verdict> {
    const command = door === 'socket' ? this.#command(deed, attempt) : undefined
    if (command) return this.#say(attempt.who, command)
    const { status, body } = await this.#call(deed, attempt)
    return status < 300 ? 'ok' : (body.code as Code)
  }

  /** Waits until the sockets of these are ended. Throws when one ends as it should not. */
  async shut(out: Set<Name>): Promise<void> {
    for (const [name, socket] of this.#sockets) {
      if (!out.has(name) && !socket.closed) continue
      const { code } = await socket.end()
      if (!out.has(name) || code !== 4403) throw new Error(`${name}'s socket ended with ${code}`)
      this.#sockets.delete(name)
    }
  }

  async #say(who: Name, command: object): Promise<Verdict> {
    const socket = this.#sockets.get(who) ?? (await connect(this.cast[who].token, this.roomId))
    this.#sockets.set(who, socket)
    this.#ref += 1
    socket.send({ ...command, ref: this.#ref })
    const answer = await socket.answer(this.#ref)
    return 'problem' in answer ? answer.problem.code : 'ok'
  }

  #command(deed: Deed, { whom, seq, nonce, text, emoji, on }: Try): object | undefined {
    const post = { do: 'message.post', nonce, text }
    switch (deed) {
      case 'post':
        return post
      case 'reply':
        return { ...post, replyTo: seq }
      case 'mention':
        return { ...post, mentions: [this.cast[whom].id] }
      case 'mention all':
        return { ...post, mentionsRoom: true }
      case 'edit':
        return { do: 'message.edit', seq, text }
      case 'delete':
        return { do: 'message.delete', seq }
      case 'react':
        return { do: on ? 'reaction.add' : 'reaction.remove', seq, emoji }
      case 'mark':
        return { do: 'read.mark', seq, unread: on }
      default:
        return undefined
    }
  }

  #call(deed: Deed, { who, whom, seq, nonce, text, emoji, role, on }: Try): Promise<Reply> {
    const { path } = this
    const actor = this.cast[who]
    const { id } = this.cast[whom]
    const message = `${path}/messages/${seq}`
    const turn = on ? actor.put : actor.delete
    const post = (more: object) => actor.post(`${path}/messages`, { nonce, text, ...more })
    switch (deed) {
      case 'post':
        return post({})
      case 'reply':
        return post({ replyTo: seq })
      case 'mention':
        return post({ mentions: [id] })
      case 'mention all':
        return post({ mentionsRoom: true })
      case 'edit':
        return actor.patch(message, { text })
      case 'delete':
        return actor.delete(message)
      case 'react':
        return turn(`${message}/reactions/${encodeURIComponent(emoji)}/@me`)
      case 'pin':
        return turn(`${path}/pins/${seq}`)
      case 'mark':
        return actor.put(`${path}/read-marker`, { seq, unread: on })
      case 'join':
        return actor.put(`${path}/members/@me`)
      case 'leave':
        return actor.delete(`${path}/members/@me`)
      case 'remove':
        return actor.delete(`${path}/members/${id}`)
      case 'ban':
        return actor.put(`${path}/bans/${id}`, {})
      case 'unban':
        return actor.delete(`${path}/bans/${id}`)
      case 'mute':
        return actor.patch(`${path}/members/${id}`, { mutedUntil: on ? LATER : null })
      case 'promote':
        return actor.patch(`${path}/members/${id}`, { role })
      case 'topic':
        return actor.patch(path, { topic: text })
      case 'freeze':
        return actor.patch(path, { frozen: on })
      case 'open':
        return actor.patch(path, { access: on ? 'open' : 'closed' })
    }
  }
}

const LATER = '2099-01-01T00:00:00.000Z'
