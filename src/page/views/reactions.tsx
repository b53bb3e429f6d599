import type { Reaction } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { sentenceOf } from '../app/sentences'

interface ReactionsProps {
  roomId: string
  seq: number
  reactions: readonly Reaction[]
  mayReact: boolean
  isActive: boolean
}

/** Who found what of a message, in pictures. */
export function Reactions({ roomId, seq, reactions, mayReact, isActive }: ReactionsProps) {
  const chat = useChat()
  if (reactions.length === 0) return null
  const toggle = ({ emoji, me }: Reaction) =>
    chat
      .room(roomId)
      .react(seq, emoji, !me)
      .catch((error) => notify(sentenceOf(error), 'bad'))
  return (
    <ul class="reactions" aria-label="Reactions">
      {reactions.map((reaction) => (
        <li key={reaction.emoji}>
          <button
            type="button"
            class="reaction"
            aria-pressed={reaction.me}
            aria-label={`${reaction.emoji} ${reaction.count}`}
            disabled={!mayReact}
            tabIndex={isActive ? 0 : -1}
            onClick={() => toggle(reaction)}
          >
            <span aria-hidden="true">{reaction.emoji}</span> {reaction.count}
          </button>
        </li>
      ))}
    </ul>
  )
}
