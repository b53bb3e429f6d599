import { Chat, type ChatOptions, type Room } from '../../../src/client/chatroom-client'

let count = 0

/** A registered user: guests may not create rooms. */
export async function registered(url: string, options: ChatOptions = {}): Promise<Chat> {
  count += 1
  const chat = new Chat(url, { backOff: { base: 50, max: 500 }, ...options })
  const username = `user${Date.now()}${count}`
  await chat.register({ username, password: 'correct horse battery staple' })
  return chat
}

export async function until(what: string, isSo: () => boolean, ms = 60_000): Promise<void> {
  const deadline = Date.now() + ms
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`It did not come to this: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export const textsOf = (room: Room): (string | null)[] =>
  room.view.getSnapshot().messages.map(({ text }) => text)
