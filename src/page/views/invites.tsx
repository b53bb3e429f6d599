import { useState } from 'preact/hooks'
import type { Author } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { agoOf } from '../app/dates'
import { nameOf } from '../app/names'
import { useAction, useListing } from '../app/requests'
import { addressOf } from '../app/routes'
import { sentenceOf } from '../app/sentences'
import { FormProblem } from '../components/field'

interface InviteOfRoom {
  id: string
  by: Author
  expiresAt: string | null
  uses: number
  maxUses: number | null
}

const WEEK_MS = 7 * 86_400_000

/** Links that let people in. The code is shown once, so it is copied as it is made. */
export function Invites({ roomId }: { roomId: string }) {
  const chat = useChat()
  const path = chat.room(roomId).path('invites')
  const { items, reload } = useListing<InviteOfRoom>(path)
  const [link, setLink] = useState<string | null>(null)
  const { run, isBusy, problem } = useAction(async () => {
    const expiresAt = new Date(Date.now() + WEEK_MS).toISOString()
    const { code } = await chat.request<{ code: string }>('POST', path, { expiresAt })
    setLink(`${location.origin}/${addressOf.invite(code)}`)
    reload()
  })
  const copy = () =>
    navigator.clipboard.writeText(link ?? '').then(
      () => notify('The link is copied.'),
      () => notify('Copy the link by hand.', 'bad'),
    )
  const revoke = (id: string) =>
    chat
      .request('DELETE', `${path}/${id}`)
      .then(reload, (error) => notify(sentenceOf(error), 'bad'))
  return (
    <section class="section" aria-labelledby="invites">
      <h3 id="invites">Invites</h3>
      <button type="button" class="button button-small" disabled={isBusy} onClick={() => run()}>
        Make a link that is good for a week
      </button>
      <FormProblem problem={problem} />
      {link && (
        <div class="invite-link">
          <input
            readOnly
            aria-label="Link of the invite"
            value={link}
            onFocus={(event) => event.currentTarget.select()}
          />
          <button type="button" class="button button-primary button-small" onClick={copy}>
            Copy
          </button>
        </div>
      )}
      <ul class="people">
        {items.map(({ id, by, expiresAt, uses, maxUses }) => (
          <li key={id} class="person">
            <span class="person-text">
              <b>By {nameOf(by)}</b>
              <small>
                {uses} {maxUses ? `of ${maxUses} ` : ''}joined
                {expiresAt && `, ends ${agoOf(expiresAt)}`}
              </small>
            </span>
            <button type="button" class="button button-small" onClick={() => revoke(id)}>
              Revoke
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
