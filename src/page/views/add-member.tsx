import { useState } from 'preact/hooks'
import type { User } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { useDelayed } from '../app/delayed'
import { nameOf } from '../app/names'
import { useListing } from '../app/requests'
import { sentenceOf } from '../app/sentences'
import { Avatar } from '../components/avatar'
import { Dialog } from '../components/dialog'
import { Icon } from '../components/icon'
import { SearchBox } from '../components/search-box'
import { Spinner } from '../components/states'

/** Puts somebody into the room. */
export function AddMember({ roomId, onAdded }: { roomId: string; onAdded: () => void }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" class="button" onClick={() => setOpen(true)}>
        <Icon name="add" /> Add people
      </button>
      {isOpen && (
        <Dialog title="Add people" onClose={() => setOpen(false)}>
          <Search roomId={roomId} onAdded={onAdded} />
        </Dialog>
      )}
    </>
  )
}

function Search({ roomId, onAdded }: { roomId: string; onAdded: () => void }) {
  const chat = useChat()
  const [typed, setTyped] = useState('')
  const search = useDelayed(typed.trim())
  const { items, isLoading } = useListing<User>(
    search ? `/v1/users?limit=8&search=${encodeURIComponent(search)}` : null,
  )
  const add = ({ id, ...user }: User) =>
    chat.request('PUT', chat.room(roomId).path(`members/${id}`), {}).then(
      () => {
        notify(`${nameOf(user)} is in the room now.`)
        onAdded()
      },
      (error) => notify(sentenceOf(error), 'bad'),
    )
  return (
    <div class="form">
      <SearchBox label="Find somebody by name" value={typed} onChange={setTyped} />
      {isLoading && <Spinner />}
      <ul class="people">
        {items.map((user) => (
          <li key={user.id} class="person">
            <Avatar id={user.id} name={nameOf(user)} url={user.avatarUrl} />
            <span class="person-text">
              <b>{nameOf(user)}</b>
              <small>{user.username && `@${user.username}`}</small>
            </span>
            <button type="button" class="button button-small" onClick={() => add(user)}>
              Add<span class="visually-hidden"> {nameOf(user)}</span>
            </button>
          </li>
        ))}
      </ul>
      {search && !isLoading && items.length === 0 && (
        <p class="field-hint">Nobody is called that.</p>
      )}
    </div>
  )
}
