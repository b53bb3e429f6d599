import { useState } from 'preact/hooks'
import { ProblemError } from '../../client/connection/problem-error'
import { useChat } from '../../client/react/chatroom-react'
import { useAction } from '../app/requests'
import { Dialog } from '../components/dialog'
import { Field, FormProblem } from '../components/field'

/**
 * Does what may ask who one is: then a dialog takes the password, and it is done again. Answers how to do it, and what to
 * show for the dialog.
 */
export function useProven() {
  const [waiting, setWaiting] = useState<{ act: () => Promise<unknown> } | null>(null)
  const { run, isBusy, problem } = useAction(async (act: () => Promise<unknown>) => {
    try {
      await act()
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code !== 'proof_required') throw error
      setWaiting({ act })
    }
  })
  const dialog = waiting && (
    <ProofDialog
      onClose={() => setWaiting(null)}
      onProven={async () => {
        await waiting.act()
        setWaiting(null)
      }}
    />
  )
  return { run, isBusy, problem, dialog }
}

function ProofDialog({
  onClose,
  onProven,
}: {
  onClose: () => void
  onProven: () => Promise<void>
}) {
  const chat = useChat()
  const { run, isBusy, problem } = useAction(async (form: FormData) => {
    await chat.request('PUT', '/v1/sessions/current/proof', {
      password: String(form.get('password')),
    })
    await onProven()
  })
  return (
    <Dialog title="Is it you?" onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          run(new FormData(event.currentTarget as HTMLFormElement))
        }}
      >
        <p class="dialog-text">
          Enter your password once more. It is asked for what could lock you out.
        </p>
        <Field
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
        />
        <FormProblem problem={problem} />
        <div class="dialog-actions">
          <button type="button" class="button button-quiet" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button button-primary" disabled={isBusy}>
            Go on
          </button>
        </div>
      </form>
    </Dialog>
  )
}
