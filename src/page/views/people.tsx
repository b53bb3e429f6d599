import { useEffect, useState } from 'preact/hooks'
import type { User } from '../../client/protocol'
import { useChat, useMe } from '../../client/react/chatroom-react'
import { useDelayed } from '../app/delayed'
import { type Listing, useListing } from '../app/requests'
import { useTitle } from '../app/title'
import { SearchBox } from '../components/search-box'
import { Empty, Failure, Skeleton } from '../components/states'
import { PersonRow } from './person-row'
import { ViewFrame } from './view-frame'

/** People: those one asked, those who asked, friends, and everyone else by name. */
export function People() {
  useTitle('People')
  const me = useMe()
  const [typed, setTyped] = useState('')
  const search = useDelayed(typed.trim())
  const found = useListing<User>(search ? `/v1/users?search=${encodeURIComponent(search)}` : null)
  const received = useListing<User>('/v1/me/friend-requests')
  const sent = useListing<User>('/v1/me/friend-requests?direction=out')
  const friends = useListing<User>('/v1/me/friends')
  const lists = [found, received, sent, friends]
  useRelationNews(() => {
    for (const { reload } of lists) reload()
  })
  const isAlone = friends.items.length + received.items.length + sent.items.length === 0
  return (
    <ViewFrame title="People" subtitle="Friends may write to each other.">
      <SearchBox label="Find somebody by name" value={typed} onChange={setTyped} />
      {search ? (
        <Section title="Found" list={found}>
          <Empty icon="people" title="Nobody is called that" />
        </Section>
      ) : (
        <>
          {received.items.length > 0 && <Section title="They ask to be friends" list={received} />}
          <Section title="Friends" list={friends}>
            {isAlone && (
              <Empty icon="people" title="Nobody yet">
                <p>
                  {me?.guest
                    ? 'Guests have no friends yet: choose a username and a password first.'
                    : 'Find somebody by name and ask them to be friends.'}
                </p>
              </Empty>
            )}
          </Section>
          {sent.items.length > 0 && <Section title="You asked" list={sent} />}
        </>
      )}
    </ViewFrame>
  )
}

interface SectionProps {
  title: string
  list: Listing<User>
  children?: preact.ComponentChildren
}

function Section({ title, list, children }: SectionProps) {
  return (
    <section class="people-section">
      <h2>{title}</h2>
      {list.problem && <Failure problem={list.problem} onRetry={list.reload} />}
      {list.isLoading && <Skeleton rows={2} />}
      {!list.isLoading && list.items.length === 0 && children}
      <ul class="people">
        {list.items.map((user) => (
          <PersonRow key={user.id} user={user} onChange={list.reload} />
        ))}
      </ul>
      {list.hasMore && (
        <button type="button" class="button" onClick={list.loadMore}>
          More
        </button>
      )}
    </section>
  )
}

const NEWS = ['friend.requested', 'friend.accepted', 'friend.ended', 'relation.changed', 'followed']

/** Calls back when what somebody is to the user has changed. */
function useRelationNews(onNews: () => void): void {
  const { inbox } = useChat()
  useEffect(() => inbox.onUpdate(({ type }) => NEWS.includes(type) && onNews()), [inbox, onNews])
}
