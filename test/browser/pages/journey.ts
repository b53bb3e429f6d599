// Runs in any browser: somebody comes as a guest, says something, sees an answer and shows a picture.
import { Chat, type Room } from '../../../src/client/chatroom-client'
import { keepOutbox } from '../../../src/client/outbox'
import { upload } from '../../../src/client/upload'

async function until(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`It did not come to this: ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const textsOf = (room: Room) => room.view.getSnapshot().messages.map(({ text }) => text)

async function journey(service: string): Promise<(string | null)[]> {
  const ana = new Chat(service)
  const bo = new Chat(service, { storage: null, guest: { displayName: 'Bo' } })
  const stop = keepOutbox(ana)
  const [hers, his] = [ana, bo].map((chat) => chat.room({ key: 'lobby' })) as [Room, Room]
  hers.open()
  his.open()
  hers.send('hello')
  await until('he sees it', () => textsOf(his).includes('hello'))
  his.sendTyping()
  await until('she sees him typing', () => hers.view.getSnapshot().typing.length === 1)
  his.send('hi')
  await until('she sees it', () => textsOf(hers).includes('hi'))
  const first = hers.view.getSnapshot().messages[0]?.seq ?? 0
  await his.react(first, '👍')
  const canvas = document.createElement('canvas')
  const picture = await new Promise<Blob | null>((made) => canvas.toBlob(made))
  const id = await upload(hers, picture as Blob, { name: 'boat.png' })
  hers.send({ text: 'look', attachments: [id] })
  await until('he sees it', () => {
    const last = his.view.getSnapshot().messages.at(-1)
    return last?.text === 'look' && last.attachments[0]?.kind === 'image'
  })
  const reactions = () => hers.view.getSnapshot().messages[0]?.reactions
  await until('she sees the reaction', () => reactions()?.[0]?.count === 1)
  // The network goes: what is written waits, and goes out when it is back.
  hers.close()
  hers.send('from offline')
  hers.reopen()
  await until('he sees that, too', () => textsOf(his).includes('from offline'))
  await until('nothing waits', () => hers.unsent().length === 0)
  stop()
  ana.close()
  bo.close()
  return textsOf(his)
}

Object.assign(window, { journey })
