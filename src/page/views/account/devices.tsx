import { useEffect, useState } from 'preact/hooks'
import type { Session } from '../../../client/protocol'
import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { agoOf, dateOf, fullDateOf } from '../../app/dates'
import { orCancelled } from '../../app/forms'
import { proven } from '../../app/proofs'
import { type Page, useAction, useListing } from '../../app/requests'
import { Question } from '../../components/dialog'
import { FormProblem } from '../../components/field'
import { Failure, Skeleton } from '../../components/states'
import { Block } from './block'

/** Where one is signed in. */
export function Devices() {
  const chat = useChat()
  const { items, isLoading, hasMore, problem, loadMore, reload } =
    useListing<Session>('/v1/sessions')
  const [isAsking, setAsking] = useState(false)
  // Another device may sign one out meanwhile.
  useEffect(
    () => chat.inbox.onUpdate(({ type }) => type === 'session.ended' && reload()),
    [chat, reload],
  )
  const endOthers = useAction(() =>
    orCancelled(async () => {
      for (const { id } of await othersOf(chat))
        await proven(() => chat.request('DELETE', `/v1/sessions/${id}`))
      reload()
      notify('All your other devices are signed out.')
    }),
  )
  const hasOthers = items.some(({ current }) => !current)
  return (
    <Block
      title="Where you are signed in"
      text="Sign out what you do not know, then change your password."
    >
      {problem && <Failure problem={problem} onRetry={reload} />}
      {isLoading && <Skeleton rows={2} label="Loading your devices" />}
      <ul class="rows">
        {items.map((session) => (
          <Device key={session.id} session={session} onEnded={reload} />
        ))}
      </ul>
      {hasMore && (
        <button type="button" class="button button-quiet" onClick={loadMore}>
          More devices
        </button>
      )}
      <FormProblem problem={endOthers.problem} />
      {hasOthers && (
        <button
          type="button"
          class="button account-end"
          disabled={endOthers.isBusy}
          onClick={() => setAsking(true)}
        >
          {endOthers.isBusy ? 'Signing out …' : 'Sign out all other devices …'}
        </button>
      )}
      {isAsking && (
        <Question
          title="Sign out all other devices?"
          text="You stay signed in here. Everywhere else the password is asked for again."
          action="Sign them out"
          onClose={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false)
            endOthers.run()
          }}
        />
      )}
    </Block>
  )
}

function Device({ session, onEnded }: { session: Session; onEnded: () => void }) {
  const chat = useChat()
  const { id, name, current, createdAt, lastUsedAt } = session
  const { run, isBusy, problem } = useAction(() =>
    orCancelled(async () => {
      if (current) return chat.logOut()
      await proven(() => chat.request('DELETE', `/v1/sessions/${id}`))
      notify(`${name} is signed out.`)
      onEnded()
    }),
  )
  return (
    <li class="row">
      <div class="row-text">
        <p class="row-title">
          {name}
          {current && <span class="tag">This device</span>}
        </p>
        <p class="row-facts">
          Signed in <time dateTime={createdAt}>{dateOf(createdAt)}</time>
          {!current && (
            <>
              {', last used '}
              <time dateTime={lastUsedAt} title={fullDateOf(lastUsedAt)}>
                {agoOf(lastUsedAt)}
              </time>
            </>
          )}
        </p>
        <FormProblem problem={problem} />
      </div>
      <button type="button" class="button button-small" disabled={isBusy} onClick={() => run()}>
        {current ? 'Log out' : 'Sign out'}
        {!current && <span class="visually-hidden"> {name}</span>}
      </button>
    </li>
  )
}

async function othersOf(chat: ReturnType<typeof useChat>): Promise<Session[]> {
  const others: Session[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''
    const page: Page<Session> = await chat.request('GET', `/v1/sessions${query}`)
    others.push(...page.items.filter(({ current }) => !current))
    cursor = page.nextCursor
  }
  return others
}
