import { useChat } from '../../client/react/chatroom-react'
import { piecesOf } from '../app/markup'

interface TextProps {
  text: string
  mentionsRoom?: boolean
  /** Of all messages, one is reached by Tab. */
  isActive?: boolean
}

/** Plain text, with links, mentions and code. */
export function MessageText({ text, mentionsRoom = false, isActive = true }: TextProps) {
  const { userId } = useChat()
  return (
    <>
      {piecesOf(text, mentionsRoom).map((piece, i) => {
        // The pieces of a text change together with it.
        const key = `${i} ${piece.kind}`
        switch (piece.kind) {
          case 'link':
            return (
              <a
                key={key}
                href={piece.url}
                target="_blank"
                rel="noopener noreferrer nofollow"
                tabIndex={isActive ? 0 : -1}
              >
                {piece.text}
              </a>
            )
          case 'mention':
            return (
              <span key={key} class={piece.userId === userId ? 'mention mention-me' : 'mention'}>
                {piece.text}
              </span>
            )
          case 'everyone':
            return (
              <span key={key} class="mention mention-me">
                {piece.text}
              </span>
            )
          case 'code':
            return <code key={key}>{piece.text}</code>
          default:
            return piece.text
        }
      })}
    </>
  )
}
