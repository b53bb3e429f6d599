import type { ComponentChildren } from 'preact'
import type { Author } from '../../client/protocol'
import { dateOf } from '../app/dates'
import { nameOf } from '../app/names'
import type { Listing } from '../app/requests'
import { Avatar } from '../components/avatar'
import { Count } from '../components/count'
import { Failure, Skeleton } from '../components/states'

interface Row {
  message: { roomId: string; seq: number; author: Author; createdAt: string }
  /** To where it was said. */
  href: string
  said: ComponentChildren
  /** What stands beside the date, such as the room. */
  where?: string | null
  /** What stands below. */
  note?: string
  unread?: number
}

interface RowsProps<T> {
  list: Listing<T>
  rowOf: (item: T) => Row
  /** What the list is when it is empty. */
  children: ComponentChildren
}

/** Messages that were found somewhere: each leads to where it was said. */
export function MessageRows<T>({ list, rowOf, children }: RowsProps<T>) {
  const { items, isLoading, hasMore, problem, loadMore, reload } = list
  return (
    <>
      {problem && <Failure problem={problem} onRetry={reload} />}
      {isLoading && <Skeleton rows={3} />}
      {!isLoading && !problem && items.length === 0 && children}
      <ul class="message-rows">
        {items.map(rowOf).map((row) => (
          <MessageRow key={`${row.message.roomId} ${row.message.seq}`} {...row} />
        ))}
      </ul>
      {hasMore && (
        <button type="button" class="button" onClick={loadMore}>
          More
        </button>
      )}
    </>
  )
}

function MessageRow({ message, href, said, where, note, unread = 0 }: Row) {
  const { author, createdAt } = message
  const name = nameOf(author)
  return (
    <li>
      <a class="message-row" href={href}>
        <Avatar id={author.id} name={name} url={author.avatarUrl} />
        <span class="message-row-text">
          <span class="message-head">
            <bdi class="message-author">{name}</bdi>
            <time dateTime={createdAt}>{dateOf(createdAt)}</time>
            {where && <bdi class="message-row-where">{where}</bdi>}
          </span>
          <span class="message-row-said" dir="auto">
            {said}
          </span>
          {note && <span class="message-row-note">{note}</span>}
        </span>
        <Count count={unread} what="unread" />
      </a>
    </li>
  )
}
