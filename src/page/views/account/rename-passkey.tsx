import type { Passkey } from '../../../client/protocol'
import { useChat } from '../../../client/react/chatroom-react'
import { textOf, useForm } from '../../app/forms'
import { Dialog } from '../../components/dialog'
import { Field, FormProblem } from '../../components/field'

interface RenameProps {
  passkey: Passkey
  onRenamed: () => void
  onClose: () => void
}

export function RenamePasskey({ passkey: { id, name }, onRenamed, onClose }: RenameProps) {
  const chat = useChat()
  const { onSubmit, isBusy, problem, errors } = useForm(async (form) => {
    await chat.request('PATCH', `/v1/me/passkeys/${id}`, { name: textOf(form, 'name') })
    onRenamed()
  })
  return (
    <Dialog title="Rename this passkey" onClose={onClose}>
      <form class="form" onSubmit={onSubmit}>
        <Field
          label="Name"
          name="name"
          required
          maxlength={64}
          autocomplete="off"
          defaultValue={name}
          error={errors.name}
        />
        <FormProblem problem={problem} />
        <button type="submit" class="button button-primary button-wide" disabled={isBusy}>
          {isBusy ? 'Saving …' : 'Save name'}
        </button>
      </form>
    </Dialog>
  )
}
