import '@chatscope/chat-ui-kit-styles/dist/default/styles.min.css'
import {
  ChatContainer,
  ConversationHeader,
  MainContainer,
  Message,
  MessageInput,
  MessageList,
  TypingIndicator,
} from '@chatscope/chat-ui-kit-react'
import { Chat } from 'chatroom-client'
import { ChatProvider, useMe, useRoom } from 'chatroom-client/react'
import { useEffect } from 'react'
import { createRoot } from 'react-dom/client'

const service = new URLSearchParams(location.search).get('service') ?? 'http://localhost:8787'
const chat = new Chat(service)

function Room({ id }) {
  const room = useRoom(id)
  const me = useMe()
  const { messages, state, typing, hasOlder } = room
  const names = typing.map(({ displayName }) => displayName)

  // What is shown is read.
  useEffect(() => {
    if (messages.length > 0 && document.hasFocus()) room.markRead()
  }, [messages, room])

  return (
    <ChatContainer>
      <ConversationHeader>
        <ConversationHeader.Content
          userName={room.room?.name ?? 'Lobby'}
          info={state === 'complete' ? `${room.online.count} online` : state}
        />
      </ConversationHeader>
      <MessageList
        onYReachStart={() => hasOlder && room.loadOlder()}
        typingIndicator={
          names.length > 0 && <TypingIndicator content={`${names.join(', ')} typing`} />
        }
      >
        {messages.map((message) => (
          <Message
            key={message.nonce}
            model={{
              type: 'text',
              direction: message.author.id === me?.id ? 'outgoing' : 'incoming',
              position: 'single',
              sender: message.author.displayName,
            }}
          >
            <Message.Header sender={message.author.displayName} sentTime={timeOf(message)} />
            <Message.TextContent text={message.text ?? 'deleted'} />
            {message.status !== 'sent' && <Message.Footer sender={message.status} />}
            {message.status === 'failed' && (
              <Message.Footer>
                <button type="button" onClick={() => room.retry(message.nonce)}>
                  Send again
                </button>
              </Message.Footer>
            )}
          </Message>
        ))}
      </MessageList>
      <MessageInput
        attachButton={false}
        placeholder="Write a message"
        onChange={room.sendTyping}
        onSend={(_html, text) => room.send(text.trim())}
      />
    </ChatContainer>
  )
}

const timeOf = ({ createdAt }) =>
  new Date(createdAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })

createRoot(document.getElementById('root')).render(
  <ChatProvider chat={chat}>
    <MainContainer>
      <Room id={{ key: 'lobby' }} />
    </MainContainer>
  </ChatProvider>,
)
