import { useEffect } from 'preact/hooks'
import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { agoOf } from '../app/dates'
import { useListing } from '../app/requests'
import { FormProblem } from '../components/field'
import { Failure, Skeleton } from '../components/states'
import { useProven } from './proof'

interface SessionOfUser {
  id: string
  name: string
  createdAt: string
  lastUsedAt: string
  current: boolean
}

/** Where one is signed in. What is ended there ends at once. */
export function Devices() {
  const chat = useChat()
  const { items, isLoading, problem, reload } = useListing<SessionOfUser>('/v1/sessions')
  const ending = useProven()
  useEffect(
    () => chat.inbox.onUpdate(({ type }) => type === 'session.ended' && reload()),
    [chat, reload],
  )
  const end = (id: string) =>
    ending.run(async () => {
      await chat.request('DELETE', `/v1/sessions/${id}`)
      notify('That device is signed out.')
      reload()
    })
  return (
    <section class="section" aria-labelledby="devices">
      <h2 id="devices">Devices</h2>
      {problem && <Failure problem={problem} onRetry={reload} />}
      {isLoading && <Skeleton rows={2} label="Loading your devices" />}
      <ul class="people">
        {items.map(({ id, name, lastUsedAt, current }) => (
          <li key={id} class="person">
            <span class="person-text">
              <b>{name}</b>
              <small>{current ? 'This device' : `Last used ${agoOf(lastUsedAt)}`}</small>
            </span>
            {current ? (
              <button type="button" class="button button-small" onClick={() => chat.logOut()}>
                Log out
              </button>
            ) : (
              <button type="button" class="button button-small" onClick={() => end(id)}>
                Sign out<span class="visually-hidden"> {name}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      <FormProblem problem={ending.problem} />
      {ending.dialog}
    </section>
  )
}
