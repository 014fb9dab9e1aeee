// test support: every async method and function that zoarium/recipes exports, as the compiler sees them: also of objects that are only handed out.

import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** What the last argument of a method can say. */
export interface PublicMethod {
  readonly signal: boolean
  readonly timeoutMs: boolean
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** By name, as `Mutex.acquire`: where it is declared, so what is inherited counts once. */
export function publicMethods(): Map<string, PublicMethod> {
  const config = ts.getParsedCommandLineOfConfigFile(
    `${ROOT}tsconfig.json`,
    { noEmit: true },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: fail },
  )
  const program = ts.createProgram([`${ROOT}recipes/index.ts`], config?.options ?? {})
  const checker = program.getTypeChecker()
  const entry = program.getSourceFile(`${ROOT}recipes/index.ts`)
  const module = entry === undefined ? undefined : checker.getSymbolAtLocation(entry)
  if (entry === undefined || module === undefined) throw new Error('recipes/index.ts exports nothing')
  const found = new Map<string, PublicMethod>()
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    for (const [name, signature] of signaturesOf(checker, symbol, entry)) {
      if (isAsync(signature)) found.set(name, optionsOf(checker, signature, entry))
    }
  }
  return found
}

function fail(diagnostic: ts.Diagnostic): never {
  throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'))
}

function* signaturesOf(checker: ts.TypeChecker, symbol: ts.Symbol, at: ts.Node): Iterable<[string, ts.Signature]> {
  if (symbol.flags & ts.SymbolFlags.Function) {
    for (const signature of checker.getTypeOfSymbolAtLocation(symbol, at).getCallSignatures()) yield [symbol.name, signature]
  }
  // Instances, then the class itself.
  for (const member of [...(symbol.members?.values() ?? []), ...(symbol.exports?.values() ?? [])]) {
    if (member.name.startsWith('__') || !isPublic(member)) continue
    for (const signature of checker.getTypeOfSymbolAtLocation(member, at).getCallSignatures())
      yield [`${symbol.name}.${member.name}`, signature]
  }
}

/** Not private, and no part of the package's own business. */
function isPublic(member: ts.Symbol): boolean {
  const [declaration] = member.declarations ?? []
  if (declaration === undefined || ts.isConstructorDeclaration(declaration)) return false
  if (ts.isMethodDeclaration(declaration) && ts.isPrivateIdentifier(declaration.name)) return false
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected
  if (ts.getCombinedModifierFlags(declaration) & hidden) return false
  return !ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === 'internal')
}

/** What a caller waits for: once, or value by value. */
const AWAITED: ReadonlySet<string> = new Set(['Promise', 'ChangeIterator', 'AsyncIterableIterator'])

function isAsync(signature: ts.Signature): boolean {
  return AWAITED.has(signature.getReturnType().getSymbol()?.name ?? '')
}

function optionsOf(checker: ts.TypeChecker, signature: ts.Signature, at: ts.Node): PublicMethod {
  const last = signature.getParameters().at(-1)
  const type = last === undefined ? undefined : checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(last, at))
  const takes = (name: string): boolean => type?.getProperty(name) !== undefined
  return { signal: takes('signal'), timeoutMs: takes('timeoutMs') }
}
