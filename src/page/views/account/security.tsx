import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import type { Factors, Me } from '../../../client/protocol'
import { useChat } from '../../../client/react/chatroom-react'
import { useReading } from '../../app/requests'
import { Failure, Skeleton } from '../../components/states'
import { AuthenticatorApp } from './authenticator-app'
import { Email } from './email'
import { KeepAccount } from './keep-account'
import { Passkeys } from './passkeys'
import { Password } from './password'
import { Username } from './username'
import type { SecurityProps } from './ways-in'

/** How an account is entered, one file each. */
const BLOCKS: readonly ComponentType<SecurityProps>[] = [
  Password,
  Passkeys,
  AuthenticatorApp,
  Email,
  Username,
]

export function Security({ me }: { me: Me }) {
  return me.guest ? <KeepAccount /> : <Blocks me={me} />
}

function Blocks({ me }: { me: Me }) {
  const chat = useChat()
  const { value: factors, problem, reload } = useReading<Factors>('/v1/me/factors')
  // Another device may change them, too.
  useEffect(
    () => chat.inbox.onUpdate(({ type }) => type === 'factors.updated' && reload()),
    [chat, reload],
  )
  if (problem && !factors) return <Failure problem={problem} onRetry={reload} />
  if (!factors) return <Skeleton rows={4} label="Loading" />
  const { password, passkeys, identities } = factors
  const isProviderAlone = identities > 0 && !password && passkeys === 0 && !me.emailVerified
  return (
    <>
      {isProviderAlone && (
        <p class="account-warning">
          Your identity provider is your only way in. Choose a password, add a passkey or verify an
          e-mail address, so that you are not locked out when you lose it.
        </p>
      )}
      {BLOCKS.map((View) => (
        <View key={View.name} me={me} factors={factors} onChange={reload} />
      ))}
    </>
  )
}
