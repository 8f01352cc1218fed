/**
 * A stand-in for Azure CLI as the granting script calls it: a tenant of files under $TENANT, `writes` with what changed it.
 * Anything that it does not know fails, so that the script calls nothing else. AZ_FAILS, AZ_LATE, AZ_WITHOUT and AZ_TWICE
 * switch on: a command that fails, assignments that are refused so many times at first, an API that the tenant does not know, a name
 * that is there twice.
 */
export const AZ = String.raw`#!/bin/sh
set -eu
cd "$TENANT"
all="$*"
wrote() { printf '%s\n' "$all" >> writes; }
# A stable id: digits of the checksum.
id() { printf '%s' "$1" | cksum | tr -d ' '; }
between() { printf '%s\n' "$all" | sed -n "s/.*$1\([^']*\)'.*/\1/p"; }
known() { [ -f "$1" ] && grep -qxF "$2" "$1"; }
# The name of the registration whose principal or app is asked about.
whose() { while IFS= read -r name; do if [ "$(id "$1$name")" = "$2" ]; then printf '%s' "$name"; fi; done < registrations; }

if [ -n "${'$'}{AZ_FAILS:-}" ]; then case $all in "$AZ_FAILS"*) echo 'ERROR: no connection' >&2; exit 1 ;; esac; fi

case $all in
  'account show '*) echo 11111111-2222-3333-4444-555555555555 ;;
  'ad app list '*)
    name=$(between "displayName eq '")
    if [ "$name" = "${'$'}{AZ_TWICE:-}" ]; then id one; echo; id two; echo
    elif known registrations "$name"; then id "app:$name"; fi ;;
  'ad app create '*)
    name=$(printf '%s' "$all" | sed 's/.*--display-name \(.*\) --sign-in-audience AzureADMyOrg .*/\1/')
    wrote; printf '%s\n' "$name" >> registrations; id "app:$name" ;;
  'ad sp list --filter '*)
    name=$(whose app: "$(between "appId eq '")")
    if known principals "$name"; then id "principal:$name"; fi ;;
  'ad sp create '*)
    name=$(whose app: "$5"); wrote; printf '%s\n' "$name" >> principals; id "principal:$name" ;;
  'ad app credential list '*)
    sha1=$(between "customKeyIdentifier=='")
    if known certificates "$6 $sha1"; then echo key; fi ;;
  'ad app credential reset '*)
    case $all in *' --append '*) ;; *) exit 1 ;; esac
    file=$(printf '%s' "$all" | sed 's/.*--cert @\(.*\) --display-name .*/\1/')
    sha1=$(openssl x509 -in "$file" -noout -fingerprint -sha1 | sed 's/.*=//; s/://g')
    wrote; printf '%s %s\n' "$6" "$sha1" >> certificates
    case $all in *' --output none') ;; *) echo '{"password": "not-for-anybody"}' ;; esac ;;
  'ad sp list --spn '*)
    if [ "$5" != "${'$'}{AZ_WITHOUT:-}" ]; then id "api:$5"; fi ;;
  'ad sp show '*) id "permission:$(between "value=='")"; between "value=='" > "permission-$(id "permission:$(between "value=='")")" ;;
  'ad app permission add '*) wrote ;;
  'rest --method get --url https://graph.microsoft.com/v1.0/servicePrincipals/'*'/appRoleAssignments '*)
    name=$(whose principal: "$(printf '%s' "$5" | sed 's/.*servicePrincipals.\([0-9]*\).*/\1/')")
    role=$(between "appRoleId=='")
    if known "given-$name" "$(cat "permission-$role")"; then echo assignment; fi ;;
  'rest --method post --url https://graph.microsoft.com/v1.0/servicePrincipals/'*'/appRoleAssignments '*)
    name=$(whose principal: "$(printf '%s' "$5" | sed 's/.*servicePrincipals.\([0-9]*\).*/\1/')")
    tries=$(cat "late-$name" 2> /dev/null || echo 0)
    if [ "$tries" -lt "${'$'}{AZ_LATE:-0}" ]; then echo $((tries + 1)) > "late-$name"; exit 1; fi
    role=$(printf '%s' "$all" | sed 's/.*"appRoleId":"\([^"]*\)".*/\1/')
    wrote; cat "permission-$role" >> "given-$name" ;;
  'rest --method get --url https://graph.microsoft.com/v1.0/roleManagement/directory/roleDefinitions '*)
    id "role:$(between "displayName eq '")"; between "displayName eq '" > "directory-role-$(id "role:$(between "displayName eq '")")" ;;
  'rest --method get --url https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments '*)
    name=$(whose principal: "$(printf '%s' "$all" | sed "s/.*principalId eq '\([^']*\)'.*/\1/")")
    if known "given-$name" "role $(cat "directory-role-$(between "roleDefinitionId eq '")")"; then echo assignment; fi ;;
  'rest --method post --url https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments '*)
    name=$(whose principal: "$(printf '%s' "$all" | sed 's/.*"principalId":"\([^"]*\)".*/\1/')")
    role=$(printf '%s' "$all" | sed 's/.*"roleDefinitionId":"\([^"]*\)".*/\1/')
    wrote; echo "role $(cat "directory-role-$role")" >> "given-$name" ;;
  *) echo "not known: $all" >&2; exit 2 ;;
esac
`;
