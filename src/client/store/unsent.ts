import type { Message, NewMessage } from '../protocol'

/** What a front end gives to `send`. */
export type Draft = Omit<NewMessage, 'nonce' | 'text'> & { text?: string }

interface Sent extends Message {
  status: 'sent'
}

/** A message of one's own that the service has not confirmed. */
export interface UnsentMessage extends Omit<Message, 'seq' | 'n' | 't'> {
  seq: null
  n: null
  t: null
  status: 'pending' | 'failed'
  /** Why it failed, for its author. */
  problem: Error | null
  draft: Draft
}

/** `nonce` is the same before and after it was sent: the key of a list. */
export type ChatMessage = Sent | UnsentMessage

/** One's own messages that are under way, in the order in which they were written. */
export class Unsent {
  #messages: UnsentMessage[] = []

  list(): readonly UnsentMessage[] {
    return this.#messages
  }

  add(draft: Draft, about: { roomId: string; nonce: string; author: Message['author'] }): void {
    const message: UnsentMessage = {
      ...about,
      seq: null,
      n: null,
      t: null,
      text: draft.text ?? '',
      createdAt: new Date().toISOString(),
      editedAt: null,
      deletedAt: null,
      replyTo: draft.replyTo ?? null,
      alsoInRoom: draft.alsoInRoom ?? false,
      replyCount: 0,
      lastReplyAt: null,
      replyAuthors: [],
      mentions: draft.mentions ?? [],
      mentionsRoom: draft.mentionsRoom ?? false,
      pinned: false,
      attachments: [],
      reactions: [],
      metadata: draft.metadata ?? {},
      status: 'pending',
      problem: null,
      draft,
    }
    this.#messages = [...this.#messages, message]
  }

  next(): UnsentMessage | undefined {
    return this.#messages.find(({ status }) => status === 'pending')
  }

  fail(nonce: string, problem: Error): void {
    this.#change(nonce, { status: 'failed', problem })
  }

  /** It goes out with the same nonce, so it cannot be posted twice. */
  retry(nonce: string): void {
    this.#change(nonce, { status: 'pending', problem: null })
  }

  remove(nonce: string): boolean {
    const before = this.#messages.length
    this.#messages = this.#messages.filter((message) => message.nonce !== nonce)
    return this.#messages.length < before
  }

  #change(nonce: string, change: Partial<UnsentMessage>): void {
    this.#messages = this.#messages.map((one) =>
      one.nonce === nonce ? { ...one, ...change } : one,
    )
  }
}
