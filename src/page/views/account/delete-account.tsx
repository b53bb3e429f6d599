import { useState } from 'preact/hooks'
import type { Me } from '../../../client/protocol'
import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { useForm } from '../../app/forms'
import { proven } from '../../app/proofs'
import { Choice } from '../../components/choice'
import { Dialog } from '../../components/dialog'
import { Field, FormProblem } from '../../components/field'
import { Block } from './block'

type Messages = 'keep' | 'erase'

export function DeleteAccount({ me }: { me: Me }) {
  const [isAsking, setAsking] = useState(false)
  return (
    <Block
      isDangerous
      title="Delete your account"
      text="Your profile, your picture and your memberships go. Nobody can ever take your username."
    >
      <button type="button" class="button account-end" onClick={() => setAsking(true)}>
        Delete account …
      </button>
      {isAsking && <Sure me={me} onClose={() => setAsking(false)} />}
    </Block>
  )
}

function Sure({ me, onClose }: { me: Me; onClose: () => void }) {
  const chat = useChat()
  const [messages, setMessages] = useState<Messages>('keep')
  const { onSubmit, isBusy, problem } = useForm(async () => {
    await proven(() => chat.request('DELETE', `/v1/me?messages=${messages}`))
    await chat.logOut()
    notify(
      me.guest
        ? 'Your account is deleted.'
        : 'Your account is deleted. For 14 days, logging in takes it back.',
    )
  })
  return (
    <Dialog title="Delete your account?" onClose={onClose}>
      <form class="form" onSubmit={onSubmit}>
        <fieldset class="choices">
          <legend>What you wrote</legend>
          <Choice<Messages>
            name="messages"
            value="keep"
            chosen={messages}
            onChoose={setMessages}
            title="Stays"
            text="Shown as by a deleted user, so that conversations can still be read."
          />
          <Choice<Messages>
            name="messages"
            value="erase"
            chosen={messages}
            onChoose={setMessages}
            title="Is deleted, too"
            text="In every room, with its pictures and files."
          />
        </fieldset>
        {!me.guest && (
          <Field
            label={`Type your username, ${me.username}`}
            name="confirmation"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
            pattern={me.username.replaceAll('.', '\\.')}
            title={me.username}
          />
        )}
        <FormProblem problem={problem} />
        <div class="dialog-actions">
          <button type="button" class="button button-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button button-danger" disabled={isBusy}>
            {isBusy ? 'Deleting …' : 'Delete account'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
