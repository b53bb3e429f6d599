import { Chat } from 'chatroom-client'
import { upload } from 'chatroom-client/upload'
import emojiDataSource from 'emoji-picker-element-data/en/emojibase/data.json?url'
import { register } from 'vue-advanced-chat'

register()

const service = new URLSearchParams(location.search).get('service') ?? 'http://localhost:8787'
const chat = new Chat(service)
const view = document.createElement('vue-advanced-chat')
const room = chat.room({ key: 'lobby' })

Object.assign(view, {
  height: '100vh',
  // Its own would come from another host.
  emojiDataSource,
  showAddRoom: false,
  showAudio: false,
  showSearch: false,
  roomInfoEnabled: false,
  menuActions: [],
  roomActions: [],
})
document.body.append(view)

chat.connect()
room.open()
room.view.subscribe(show)
chat.me.subscribe(show)
show()

/** The component asks while it draws, and takes nothing meanwhile. */
function show() {
  setTimeout(draw)
}

function draw() {
  const { id, state, messages, hasOlder, typing, online, room: about } = room.view.getSnapshot()
  view.currentUserId = chat.userId ?? ''
  view.roomsLoaded = state !== 'offline'
  view.messagesLoaded = !hasOlder
  if (!id) return
  const users = [...new Map(messages.map(({ author }) => [author.id, author])).values()]
  view.rooms = [
    {
      roomId: id,
      roomName: `${about?.name ?? 'lobby'}: ${state === 'complete' ? `${online.count} online` : state}`,
      avatar: '',
      users: users.map((user) => ({ _id: user.id, username: user.displayName })),
      typingUsers: typing.map((user) => user.id),
    },
  ]
  view.roomId = id
  view.messages = messages.map(toShown)
}

function toShown(message) {
  const at = new Date(message.createdAt)
  return {
    _id: message.nonce,
    indexId: message.nonce,
    content: message.text ?? '',
    senderId: message.author.id || chat.userId,
    username: message.author.displayName,
    date: at.toLocaleDateString(),
    timestamp: at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }),
    saved: message.status === 'sent',
    seen: message.author.id !== chat.userId,
    failure: message.status === 'failed',
    edited: message.editedAt !== null,
    deleted: message.deletedAt !== null,
    // It wants to know who; the service tells how many, and whether oneself.
    reactions: Object.fromEntries(
      message.reactions.map(({ emoji, count, me }) => [
        emoji,
        Array.from({ length: count }, (_, n) => (n === 0 && me ? chat.userId : `${n}`)),
      ]),
    ),
    files: message.attachments.map(({ name, type, url, size }) => ({
      name,
      type,
      size,
      url: service + url,
    })),
  }
}

const on = (event, act) => view.addEventListener(event, ({ detail: [given] }) => act(given))
const seqOf = (nonce) => room.view.getSnapshot().messages.find((one) => one.nonce === nonce)?.seq

on('send-message', async ({ content, files }) => {
  const blobs = (files ?? []).map(
    ({ blob, name, extension }) => new File([blob], `${name}.${extension}`, blob),
  )
  const attachments = await Promise.all(blobs.map((file) => upload(room, file)))
  room.send({ text: content, ...(attachments.length > 0 && { attachments }) })
})
on('edit-message', ({ messageId, newContent }) => room.edit(seqOf(messageId), newContent))
on('delete-message', ({ message }) => room.delete(seqOf(message._id)))
on('send-message-reaction', ({ messageId, reaction, remove }) =>
  room.react(seqOf(messageId), reaction.unicode, !remove),
)
on('typing-message', () => room.sendTyping())
on('open-failed-message', ({ message }) => room.retry(message._id))
on('fetch-messages', ({ options }) => {
  if (options?.reset) show()
  else room.loadOlder()
})
