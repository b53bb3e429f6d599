import { useEffect, useRef, useState } from 'preact/hooks'
import { useChat, useMe } from '../../../client/react/chatroom-react'
import { passwordOf, useForm } from '../../app/forms'
import { Field, FormProblem } from '../../components/field'
import { CodeField, type CodeKind, codeOf } from '../code-field'
import type { ProofProps } from './ways-in'

/** The password, and a code where the account asks for one. */
export function PasswordProof({ factors, onProven }: ProofProps) {
  const chat = useChat()
  const me = useMe()
  const [kind, setKind] = useState<CodeKind>('totp')
  const form = useRef<HTMLFormElement>(null)
  const { onSubmit, isBusy, problem, errors } = useForm(
    async (given) => {
      const code = factors.totp ? codeOf(given, kind) : {}
      await chat.request('PUT', '/v1/sessions/current/proof', {
        password: passwordOf(given),
        ...code,
      })
      onProven()
    },
    { wrong_code: kind },
  )
  useEffect(() => form.current?.querySelector<HTMLElement>('[name=password]')?.focus(), [])
  return (
    <form class="form" onSubmit={onSubmit} ref={form}>
      <input type="text" hidden autocomplete="username" value={me?.username} readOnly />
      <Field
        label="Password"
        name="password"
        type="password"
        autocomplete="current-password"
        required
        error={errors.password}
      />
      {factors.totp && <CodeField kind={kind} onKind={setKind} errors={errors} />}
      <FormProblem problem={problem} />
      <button type="submit" class="button button-primary" disabled={isBusy}>
        {isBusy ? 'Checking …' : 'Continue'}
      </button>
    </form>
  )
}
