import { MICROSOFT_HOSTS } from './settings.js';

/**
 * Functions of the script that grants. Everything is looked up by name at run time and left alone when it is there, so that
 * the script may run again: after a new version it adds what is new. It takes nothing away; `quell check` names what is
 * beyond need. Azure CLI: `az ad app`, `az ad sp`, `az rest` (learn.microsoft.com/cli/azure).
 */
export const GRANT_FUNCTIONS = String.raw`
GRAPH='${MICROSOFT_HOSTS.graph}/v1.0'
PAUSE=5
problems=0

say() { printf '%s\n' "$*"; }
problem() { say "  PROBLEM: $*"; problems=$((problems + 1)); }
# What Azure CLI answers, nothing where there is nothing. When it fails the script ends: nothing is made because something was not seen.
ask() {
  answer=$(az "$@" --only-show-errors --output tsv) || exit 1
  printf '%s' "$answer" | tr -d '\r' | sed -e 's/^None$//'
}
# post ADDRESS BODY: tried again for half a minute, because what was just made is not known everywhere at once
post() {
  tries=1
  until az rest --method post --url "$1" --headers 'Content-Type=application/json' --body "$2" --only-show-errors --output none; do
    if [ "$tries" -ge 6 ]; then exit 1; fi
    tries=$((tries + 1))
    sleep "$PAUSE"
  done
}

# registration NAME: the app registration and its service principal
registration() {
  say "$1"
  APP=$(ask ad app list --filter "displayName eq '$1'" --query '[].appId')
  case $APP in
    '') APP=$(ask ad app create --display-name "$1" --sign-in-audience AzureADMyOrg --query appId) ;;
    *[!0-9a-f-]*) say "There is more than one registration with the name $1: rename the others first."; exit 1 ;;
  esac
  PRINCIPAL=$(ask ad sp list --filter "appId eq '$APP'" --query '[0].id')
  if [ -z "$PRINCIPAL" ]; then PRINCIPAL=$(ask ad sp create --id "$APP" --query id); fi
}

# certificate FILE: adds the public half; the private one stays where it was made
certificate() {
  if [ ! -f "$1" ]; then
    say "  no $1: the registration has no certificate of it, and needs another proof (docs/install/microsoft.md)"
    return 0
  fi
  if grep -q 'PRIVATE KEY' "$1"; then problem "$1 holds a private key; only the certificate belongs here"; return 0; fi
  sha1=$(openssl x509 -in "$1" -noout -fingerprint -sha1 | sed -e 's/.*=//' -e 's/://g')
  sha256=$(openssl x509 -in "$1" -noout -fingerprint -sha256 | sed -e 's/.*=//' -e 's/://g')
  label="quell $(printf '%.16s' "$sha256")"
  known=$(ask ad app credential list --id "$APP" --cert --query "[?customKeyIdentifier=='$sha1' || displayName=='$label'].keyId | [0]")
  if [ -z "$known" ]; then
    az ad app credential reset --id "$APP" --append --cert "@$1" --display-name "$label" --only-show-errors --output none
  fi
  say "  microsoft.<tenant>.thumbprint: $sha256"
}

# api ADDRESS: the service principal of an API, by the address that tokens are asked for with
api() {
  API=$1
  RESOURCE=$(ask ad sp list --spn "$1" --query '[0].id')
  RESOURCE_APP=$(ask ad sp list --spn "$1" --query '[0].appId')
  if [ -z "$RESOURCE" ]; then problem "this tenant does not know $1: is the product licensed, and was it ever used?"; fi
}

# permit PERMISSION: an application permission of that API
permit() {
  if [ -z "$RESOURCE" ]; then problem "$1 was not given"; return 0; fi
  role=$(ask ad sp show --id "$RESOURCE" --query "appRoles[?value=='$1' && contains(allowedMemberTypes, 'Application')].id | [0]")
  if [ -z "$role" ]; then problem "$API offers no application permission $1"; return 0; fi
  held=$(ask rest --method get --url "$GRAPH/servicePrincipals/$PRINCIPAL/appRoleAssignments" \
    --query "value[?appRoleId=='$role' && resourceId=='$RESOURCE'].id | [0]")
  if [ -z "$held" ]; then
    post "$GRAPH/servicePrincipals/$PRINCIPAL/appRoleAssignments" \
      "{\"principalId\":\"$PRINCIPAL\",\"resourceId\":\"$RESOURCE\",\"appRoleId\":\"$role\"}"
    # So that the portal lists it among the permissions that the app asks for; what counts is the line above.
    az ad app permission add --id "$APP" --api "$RESOURCE_APP" --api-permissions "$role=Role" --only-show-errors --output none || true
    say "  given: $1"
  fi
}

# directory_role NAME: a role of the directory, for the service principal
directory_role() {
  definition=$(ask rest --method get --url "$GRAPH/roleManagement/directory/roleDefinitions" \
    --url-parameters "\$filter=displayName eq '$1' and isBuiltIn eq true" --query 'value[0].id')
  if [ -z "$definition" ]; then problem "there is no directory role $1"; return 0; fi
  held=$(ask rest --method get --url "$GRAPH/roleManagement/directory/roleAssignments" \
    --url-parameters "\$filter=principalId eq '$PRINCIPAL' and roleDefinitionId eq '$definition'" --query 'value[0].id')
  if [ -z "$held" ]; then
    post "$GRAPH/roleManagement/directory/roleAssignments" \
      "{\"principalId\":\"$PRINCIPAL\",\"roleDefinitionId\":\"$definition\",\"directoryScopeId\":\"/\"}"
    say "  given: directory role $1"
  fi
}

for tool in az openssl; do
  command -v "$tool" > /dev/null || { say "$tool is needed"; exit 1; }
done
`.trim();
