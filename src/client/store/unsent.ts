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

/** Told of each message that is to be sent, and when it no longer is. */
export interface UnsentListener {
  added: (message: UnsentMessage) => void
  removed: (nonce: string) => void
}

/** One's own messages that are under way, in the order in which they were written. */
export class Unsent {
  #messages: UnsentMessage[] = []

  constructor(readonly listener?: UnsentListener) {}

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
    this.listener?.added(message)
  }

  has(nonce: string): boolean {
    return this.#messages.some((message) => message.nonce === nonce)
  }

  next(): UnsentMessage | undefined {
    return this.#messages.find(({ status }) => status === 'pending')
  }

  fail(nonce: string, problem: Error): void {
    this.#change(nonce, { status: 'failed', problem })
    this.listener?.removed(nonce)
  }

  /** It goes out with the same nonce, so it cannot be posted twice. */
  retry(nonce: string): void {
    this.#change(nonce, { status: 'pending', problem: null })
    const message = this.#messages.find((one) => one.nonce === nonce)
    if (message) this.listener?.added(message)
  }

  remove(nonce: string): boolean {
    const before = this.#messages.length
    this.#messages = this.#messages.filter((message) => message.nonce !== nonce)
    const isRemoved = this.#messages.length < before
    if (isRemoved) this.listener?.removed(nonce)
    return isRemoved
  }

  #change(nonce: string, change: Partial<UnsentMessage>): void {
    this.#messages = this.#messages.map((one) =>
      one.nonce === nonce ? { ...one, ...change } : one,
    )
  }
}
