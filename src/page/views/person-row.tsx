import type { User } from '../../client/protocol'
import { useChat, useMe, usePresence } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { nameOf } from '../app/names'
import { addressOf, go } from '../app/routes'
import { sentenceOf } from '../app/sentences'
import { Avatar } from '../components/avatar'
import { Menu, type MenuItem } from '../components/menu'

/** Somebody, and what one can do: write, ask, follow, block. */
export function PersonRow({ user, onChange }: { user: User; onChange: () => void }) {
  const chat = useChat()
  const me = useMe()
  const presence = usePresence(user.id)
  const { id, relation } = user
  const name = nameOf(user)
  const act = (method: string, path: string, said: string) => () =>
    chat.request(method, path).then(
      () => {
        notify(said)
        onChange()
      },
      (error) => notify(sentenceOf(error), 'bad'),
    )
  const write = () =>
    chat.request<{ id: string }>('POST', `/v1/direct/${id}`).then(
      ({ id: roomId }) => go(addressOf.room(roomId)),
      (error) => notify(sentenceOf(error), 'bad'),
    )
  const mayAct = me !== null && !me.guest && relation !== undefined
  const following = `/v1/me/following/${id}`
  const items: (MenuItem | false)[] = [
    mayAct &&
      !relation.following && {
        label: 'Follow',
        icon: 'star',
        act: act('PUT', following, `You follow ${name}.`),
      },
    mayAct &&
      relation.following && {
        label: 'Unfollow',
        icon: 'star',
        act: act('DELETE', following, `You no longer follow ${name}.`),
      },
    mayAct &&
      relation.friend && {
        label: 'End the friendship',
        icon: 'close',
        isDangerous: true,
        act: act('DELETE', `/v1/me/friends/${id}`, `You and ${name} are no longer friends.`),
      },
    relation?.blocked === false && {
      label: 'Block',
      icon: 'ban',
      isDangerous: true,
      act: act('PUT', `/v1/me/blocks/${id}`, `You block ${name}.`),
    },
    relation?.blocked === true && {
      label: 'Unblock',
      icon: 'ban',
      act: act('DELETE', `/v1/me/blocks/${id}`, `You no longer block ${name}.`),
    },
  ]
  return (
    <li class="person">
      <Avatar id={id} name={name} url={user.avatarUrl} presence={presence} />
      <span class="person-text">
        <b>{name}</b>
        <small>{user.username ? `@${user.username}` : 'Guest'}</small>
      </span>
      <span class="person-actions">
        {mayAct && relation.request === 'in' && (
          <>
            <button
              type="button"
              class="button button-primary button-small"
              onClick={act('PUT', `/v1/me/friends/${id}`, `You and ${name} are friends.`)}
            >
              Accept<span class="visually-hidden"> {name}</span>
            </button>
            <button
              type="button"
              class="button button-quiet button-small"
              onClick={act('DELETE', `/v1/me/friend-requests/${id}`, 'Declined.')}
            >
              Decline<span class="visually-hidden"> {name}</span>
            </button>
          </>
        )}
        {mayAct && relation.request === 'out' && (
          <button
            type="button"
            class="button button-quiet button-small"
            onClick={act('DELETE', `/v1/me/friend-requests/${id}`, 'Withdrawn.')}
          >
            Withdraw<span class="visually-hidden"> the request to {name}</span>
          </button>
        )}
        {relation?.canMessage && (
          <button type="button" class="button button-small" onClick={write}>
            Message<span class="visually-hidden"> {name}</span>
          </button>
        )}
        {mayAct && !relation.friend && relation.request === 'none' && !relation.blocked && (
          <button
            type="button"
            class="button button-small"
            onClick={act('PUT', `/v1/me/friend-requests/${id}`, `${name} was asked.`)}
          >
            Add friend<span class="visually-hidden"> {name}</span>
          </button>
        )}
        {relation && (
          <Menu label={`More about ${name}`} items={items.filter((item) => item !== false)} />
        )}
      </span>
    </li>
  )
}
