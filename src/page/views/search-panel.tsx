import { useState } from 'preact/hooks'
import type { Message } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { useDelayed } from '../app/delayed'
import { useListing } from '../app/requests'
import type { RoomModel } from '../app/room-model'
import { addressOf } from '../app/routes'
import { PanelFrame } from '../components/panel-frame'
import { SearchBox } from '../components/search-box'
import { Empty } from '../components/states'
import { MessageRows } from './message-rows'

interface SearchResult {
  message: Message
  snippet: { text: string; match: boolean }[]
}

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

/** Finds what was said in the room. */
export function SearchPanel({ room, onClose }: { room: RoomModel; onClose: () => void }) {
  const chat = useChat()
  const [typed, setTyped] = useState('')
  const query = useDelayed(typed.trim())
  const list = useListing<SearchResult>(
    query
      ? chat
          .room(room.id)
          .path(`search?timeZone=${encodeURIComponent(ZONE)}&q=${encodeURIComponent(query)}`)
      : null,
  )
  const { items, isLoading, hasMore } = list
  return (
    <PanelFrame title="Search" onClose={onClose}>
      <div class="panel-body">
        <SearchBox label="Search this room" value={typed} onChange={setTyped} />
        {!query && (
          <p class="field-hint">
            Words, "phrases" and beginnings*. Narrow it with <code>from:ana.lopez</code>,{' '}
            <code>has:photo</code> or <code>after:2026-11-01</code>.
          </p>
        )}
        <p class="visually-hidden" role="status">
          {query && !isLoading && `${items.length}${hasMore ? ' or more' : ''} found`}
        </p>
        <MessageRows
          list={list}
          rowOf={({ message, snippet }) => ({
            message,
            href:
              message.replyTo && !message.alsoInRoom
                ? addressOf.thread(room.id, message.replyTo)
                : addressOf.message(room.id, message.seq),
            said: <Snippet pieces={snippet} />,
          })}
        >
          {query && (
            <Empty icon="search" title="Nothing was found">
              <p>Try fewer words, or the beginning of one with a star: har*</p>
            </Empty>
          )}
        </MessageRows>
      </div>
    </PanelFrame>
  )
}

function Snippet({ pieces }: { pieces: SearchResult['snippet'] }) {
  return (
    <>
      {pieces.map(({ text, match }, i) => {
        // The pieces come and go together.
        const key = `${i} ${text}`
        return match ? <mark key={key}>{text}</mark> : <span key={key}>{text}</span>
      })}
    </>
  )
}
