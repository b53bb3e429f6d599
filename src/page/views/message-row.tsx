import type { ComponentChildren } from 'preact'
import type { Author } from '../../client/protocol'
import { dateOf } from '../app/dates'
import { nameOf } from '../app/names'
import { Avatar } from '../components/avatar'

interface RowProps {
  author: Author
  at: string
  href: string
  /** What stands beside the date, such as the room. */
  where?: string | null
  children: ComponentChildren
}

/** A message in a list of results: it leads to where it was said. */
export function MessageRow({ author, at, href, where, children }: RowProps) {
  return (
    <li>
      <a class="message-row" href={href}>
        <Avatar id={author.id} name={nameOf(author)} url={author.avatarUrl} />
        <span class="message-row-text">
          <span class="message-head">
            <b>{nameOf(author)}</b>
            <time dateTime={at}>{dateOf(at)}</time>
            {where && <span class="message-row-where">{where}</span>}
          </span>
          <span class="message-row-said">{children}</span>
        </span>
      </a>
    </li>
  )
}
