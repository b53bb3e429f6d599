import type { Author } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { agoOf, dateOf } from '../app/dates'
import { nameOf } from '../app/names'
import { useListing } from '../app/requests'
import type { RoomModel } from '../app/room-model'
import { sentenceOf } from '../app/sentences'
import { Avatar } from '../components/avatar'
import { PanelFrame } from '../components/panel-frame'
import { Empty, Failure, Skeleton } from '../components/states'

interface Ban {
  user: Author
  by: Author
  reason: string | null
  createdAt: string
  expiresAt: string | null
}

interface AuditEntry {
  seq: number
  action: string
  actor: Author
  target: Author | null
  reason: string | null
  at: string
}

/** Who is banned, and who did what to whom. */
export function ModerationPanel({ room, onClose }: { room: RoomModel; onClose: () => void }) {
  const may = new Set<string>(room.me?.capabilities)
  return (
    <PanelFrame title="Moderation" onClose={onClose}>
      <div class="panel-body">
        {may.has('member.ban') && <Bans roomId={room.id} />}
        {may.has('audit.read') && <Log roomId={room.id} />}
      </div>
    </PanelFrame>
  )
}

function Bans({ roomId }: { roomId: string }) {
  const chat = useChat()
  const path = chat.room(roomId).path('bans')
  const { items, isLoading, problem, reload } = useListing<Ban>(path)
  const lift = ({ user }: Ban) =>
    chat.request('DELETE', `${path}/${user.id}`).then(
      () => {
        notify(`${nameOf(user)} may come back.`)
        reload()
      },
      (error) => notify(sentenceOf(error), 'bad'),
    )
  return (
    <section class="section" aria-labelledby="bans">
      <h3 id="bans">Banned</h3>
      {problem && <Failure problem={problem} onRetry={reload} />}
      {isLoading && <Skeleton rows={1} label="Loading bans" />}
      {!isLoading && items.length === 0 && <p class="field-hint">Nobody.</p>}
      <ul class="people">
        {items.map((ban) => (
          <li key={ban.user.id} class="person">
            <Avatar id={ban.user.id} name={nameOf(ban.user)} url={ban.user.avatarUrl} />
            <span class="person-text">
              <b>{nameOf(ban.user)}</b>
              <small>
                {ban.expiresAt ? `ends ${agoOf(ban.expiresAt)}` : 'for good'}
                {ban.reason && ` · ${ban.reason}`}
              </small>
            </span>
            <button type="button" class="button button-small" onClick={() => lift(ban)}>
              Lift<span class="visually-hidden"> the ban of {nameOf(ban.user)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Log({ roomId }: { roomId: string }) {
  const chat = useChat()
  const { items, isLoading, hasMore, problem, loadMore, reload } = useListing<AuditEntry>(
    chat.room(roomId).path('audit'),
  )
  return (
    <section class="section" aria-labelledby="log">
      <h3 id="log">Log</h3>
      {problem && <Failure problem={problem} onRetry={reload} />}
      {isLoading && <Skeleton rows={3} label="Loading the log" />}
      {!isLoading && !problem && items.length === 0 && (
        <Empty icon="shield" title="Nothing had to be moderated" />
      )}
      <ol class="log">
        {items.map((entry) => (
          <li key={entry.seq}>
            <p>
              <b>{nameOf(entry.actor)}</b> {wordsOf(entry.action)}
              {entry.target && (
                <>
                  {' '}
                  <b>{nameOf(entry.target)}</b>
                </>
              )}
            </p>
            {entry.reason && <p class="log-reason">{entry.reason}</p>}
            <time dateTime={entry.at}>{dateOf(entry.at)}</time>
          </li>
        ))}
      </ol>
      {hasMore && (
        <button type="button" class="button button-small" onClick={loadMore}>
          Earlier
        </button>
      )}
    </section>
  )
}

const WORDS: Record<string, string> = {
  'member.removed': 'removed',
  'member.banned': 'banned',
  'member.unbanned': 'lifted the ban of',
  'member.changed': 'changed what may be done by',
  'member.added': 'added',
  'message.deleted': 'deleted a message of',
  'messages.erased': 'deleted the messages of',
  'message.pinned': 'pinned a message of',
  'message.unpinned': 'unpinned a message of',
  'room.changed': 'changed the room',
  'room.frozen': 'froze or thawed the room',
}

const wordsOf = (action: string) => WORDS[action] ?? action
