import type { MessagePolicy } from '../../src/schemas/contact-policies'
import type { Relation } from '../../src/schemas/relations'

export type Action =
  | 'request'
  | 'dismiss'
  | 'accept'
  | 'end'
  | 'follow'
  | 'unfollow'
  | 'block'
  | 'unblock'

/** The rules of friends, follows and blocks in plain code, to compare the directory with. */
export class RelationModel {
  readonly #friends = new Set<string>()
  /** By `from to`: whether it is hidden from `to`. */
  readonly #requests = new Map<string, boolean>()
  readonly #follows = new Map<string, boolean>()
  readonly #blocks = new Set<string>()
  readonly policies = new Map<string, MessagePolicy>()

  /** Does it and answers whether it was allowed. */
  do(act: Action, one: string, other: string): boolean {
    const to = `${one} ${other}`
    const from = `${other} ${one}`
    const blocks = this.#blocks.has(to)
    const isBlocked = this.#blocks.has(from)
    switch (act) {
      case 'request':
        if (this.#friends.has(to)) return true
        if (blocks) return false
        if (this.#requests.has(from)) return this.#befriend(to, from)
        this.#requests.set(to, isBlocked)
        return true
      case 'accept':
        if (this.#friends.has(to)) return true
        return this.#requests.get(from) === false && this.#befriend(to, from)
      case 'dismiss':
        this.#requests.delete(to)
        if (this.#requests.get(from) === false) this.#requests.delete(from)
        return true
      case 'end':
        this.#friends.delete(to)
        this.#friends.delete(from)
        return true
      case 'follow':
        if (blocks) return false
        this.#follows.set(to, isBlocked)
        return true
      case 'unfollow':
        this.#follows.delete(to)
        return true
      case 'block':
        this.#blocks.add(to)
        for (const pair of [to, from]) this.#friends.delete(pair)
        for (const list of [this.#requests, this.#follows]) {
          list.delete(to)
          if (list.has(from)) list.set(from, true)
        }
        return true
      case 'unblock':
        this.#blocks.delete(to)
        return true
    }
  }

  relation(one: string, other: string): Relation {
    const to = `${one} ${other}`
    const from = `${other} ${one}`
    const friend = this.#friends.has(to)
    const isMutual = this.#follows.get(to) === false && this.#follows.get(from) === false
    const isApart = this.#blocks.has(to) || this.#blocks.has(from)
    const allowed: Record<MessagePolicy, boolean> = {
      everyone: true,
      friends: friend,
      mutuals: isMutual,
      connections: friend || isMutual,
      nobody: false,
    }
    return {
      friend,
      request: this.#requests.has(to) ? 'out' : this.#requests.get(from) === false ? 'in' : 'none',
      following: this.#follows.has(to),
      followedBy: this.#follows.get(from) === false,
      blocked: this.#blocks.has(to),
      canMessage: !isApart && allowed[this.policies.get(other) ?? 'connections'],
    }
  }

  #befriend(to: string, from: string): true {
    for (const pair of [to, from]) {
      this.#friends.add(pair)
      this.#requests.delete(pair)
    }
    return true
  }
}
