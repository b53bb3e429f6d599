import { Chat } from 'chatroom-client'

const [service = 'http://localhost:8787'] = process.argv.slice(2)
const chat = new Chat(service, { guest: { displayName: 'Bot' } })
const room = chat.room({ key: 'lobby' })

const answers = {
  '!time': () => new Date().toUTCString(),
  '!echo': (text) => text || 'echo what?',
}

/** The last message that was looked at. What was written before it came is not for the bot. */
let seen

room.view.subscribe(() => {
  const { state, messages } = room.view.getSnapshot()
  if (state !== 'complete') return
  const sent = messages.filter(({ status }) => status === 'sent')
  const isFirst = seen === undefined
  const last = seen ?? 0
  seen = sent.at(-1)?.seq ?? 0
  if (isFirst) return console.log('The bot is in the lobby.')
  for (const { seq, author, text } of sent) {
    if (seq > last && author.id !== chat.userId) answer(seq, text ?? '')
  }
})

function answer(seq, text) {
  const [command, ...rest] = text.trim().split(' ')
  const reply = answers[command]?.(rest.join(' '))
  // The nonce says what is answered, so that no restart answers again.
  if (reply) room.send({ text: reply, replyTo: seq, alsoInRoom: true }, `answer-${seq}`)
}

room.open()
