import { useCallback, useEffect, useState } from 'preact/hooks'
import type { PersonalExport } from '../../../client/protocol'
import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { dateOf } from '../../app/dates'
import { orCancelled } from '../../app/forms'
import { proven } from '../../app/proofs'
import { useAction } from '../../app/requests'
import { codeOfProblem, sentenceOf } from '../../app/sentences'
import { FormProblem } from '../../components/field'
import { Failure, Spinner } from '../../components/states'
import { Block } from './block'

/** An archive of everything that the service holds of the user: asked for, made, fetched. */
export function ExportData() {
  const chat = useChat()
  const { archive, setArchive, problem, reload } = useArchive()
  const begin = useAction(() =>
    orCancelled(async () => {
      setArchive(await proven(() => chat.request<PersonalExport>('POST', '/v1/me/export')))
      notify('Your archive is being made.')
    }),
  )
  return (
    <Block
      title="A copy of your data"
      text="Your profile, your messages, your pictures and files, and what else is kept of you, as one archive. You can ask for it once a day."
    >
      {problem && <Failure problem={problem} onRetry={reload} />}
      {archive?.state === 'running' && (
        <p class="row" role="status">
          <Spinner label="Being made" /> It is being made since {dateOf(archive.requestedAt)}. You
          can leave this page; it is here when it is ready.
        </p>
      )}
      {archive?.state === 'ready' && <Ready archive={archive} />}
      <FormProblem problem={begin.problem} />
      {!archive && (
        <button
          type="button"
          class="button account-end"
          disabled={begin.isBusy}
          onClick={() => begin.run()}
        >
          {begin.isBusy ? 'Asking …' : 'Make an archive'}
        </button>
      )}
    </Block>
  )
}

function Ready({ archive }: { archive: PersonalExport }) {
  const { archives, readyAt, expiresAt } = archive
  return (
    <div class="form">
      <p>
        Ready since {readyAt && dateOf(readyAt)}
        {expiresAt && `, here until ${dateOf(expiresAt)}`}. Whoever has a link has the data, so pass
        none on.
      </p>
      <ul class="account-actions">
        {archives.map((address, at) => (
          <li key={address}>
            <a class="button button-primary" href={address} download>
              {archives.length === 1 ? 'Download' : `Download part ${at + 1}`}
            </a>
          </li>
        ))}
      </ul>
    </div>
  )
}

function useArchive() {
  const chat = useChat()
  const [archive, setArchive] = useState<PersonalExport | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const reload = useCallback(async () => {
    try {
      setArchive(await chat.request<PersonalExport>('GET', '/v1/me/export'))
      setProblem(null)
    } catch (error) {
      if (codeOfProblem(error) !== 'not_found') setProblem(sentenceOf(error))
    }
  }, [chat])
  useEffect(() => {
    reload()
    return chat.inbox.onUpdate(({ type }) => type === 'export.ready' && reload())
  }, [chat, reload])
  return { archive, setArchive, problem, reload }
}
