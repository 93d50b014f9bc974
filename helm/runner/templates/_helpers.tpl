{{- define "runner.labels" -}}
app.kubernetes.io/name: runner
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: agent
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "runner.selector" -}}
app.kubernetes.io/name: runner
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: agent
{{- end -}}

{{/* A digest may stand in `image.digest`, in `image.tag`, or behind a tag (1.2.3@sha256:…). A number in a values file comes as a float. */}}
{{- define "runner.image" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
{{- if kindIs "float64" $tag }}{{ $tag = $tag | int64 }}{{ end -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else if hasPrefix "sha256:" (toString $tag) -}}
{{ .Values.image.repository }}@{{ $tag }}
{{- else -}}
{{ .Values.image.repository }}:{{ $tag }}
{{- end -}}
{{- end -}}

{{/* runner.yaml, as YAML. Templates that need a setting ask here: `config` may have said otherwise than the value of that name. */}}
{{- define "runner.config" -}}
{{- $auth := dict "tokenFile" "/etc/runner/github/token" }}
{{- if eq .Values.github.auth "app" }}
{{- $auth = dict "appIdFile" "/etc/runner/github/appId" "installationIdFile" "/etc/runner/github/installationId" "privateKeyFile" "/etc/runner/github/privateKey" }}
{{- end }}
{{- $config := dict
  "backend" "kubernetes"
  "github" (dict "url" .Values.github.url "auth" $auth)
  "pools" .Values.pools
  "kubernetes" (deepCopy .Values.kubernetes)
  "monitoring" (dict "metricsPort" .Values.metricsPort) }}
{{- with include "runner.network" . | fromYaml }}{{ $_ := set $config "network" . }}{{ end }}
{{- $config = mergeOverwrite $config (deepCopy .Values.config) }}
{{- $made := dict "namespace" .Release.Namespace "runnerImage" (include "runner.image" .) "instance" (include "runner.instance" (dict "release" .Release "url" $config.github.url)) }}
{{- $_ := set $config "kubernetes" (merge $config.kubernetes $made) }}
{{- toYaml $config }}
{{- end -}}

{{/* Section `network`: what is set, and the files that the deployment mounts. */}}
{{- define "runner.network" -}}
{{- $proxy := dict }}
{{- with .Values.network.proxy.http }}{{ $_ := set $proxy "http" . }}{{ end }}
{{- with .Values.network.proxy.https }}{{ $_ := set $proxy "https" . }}{{ end }}
{{- with .Values.network.proxy.noProxy }}{{ $_ := set $proxy "noProxy" . }}{{ end }}
{{- if .Values.network.proxy.credentialsSecret.name }}{{ $_ := set $proxy "credentialsFile" "/etc/runner/proxy/credentials" }}{{ end }}
{{- $network := dict }}
{{- with $proxy }}{{ $_ := set $network "proxy" . }}{{ end }}
{{- if or .Values.network.ca.configMap .Values.network.ca.secret }}{{ $_ := set $network "caFile" "/etc/runner/ca/ca.crt" }}{{ end }}
{{- with $network }}{{ toYaml . }}{{ end }}
{{- end -}}

{{/* Agents of one instance adopt each other's jobs: those of a release, and of no other that has its jobs in the same namespace. */}}
{{- define "runner.instance" -}}
{{- $url := .url | lower | trimSuffix "/" -}}
{{ .release.Name }}-{{ printf "%s/%s %s" .release.Namespace .release.Name $url | sha256sum | trunc 8 }}
{{- end -}}

{{- define "runner.jobNamespace" -}}
{{ (include "runner.config" . | fromYaml).kubernetes.namespace }}
{{- end -}}

{{/* Releases of one name in two namespaces may have their jobs in the same third one. */}}
{{- define "runner.roleName" -}}
{{- if eq (include "runner.jobNamespace" .) .Release.Namespace -}}
{{ .Release.Name }}
{{- else -}}
{{ .Release.Namespace }}-{{ .Release.Name }}
{{- end -}}
{{- end -}}

{{/* Seconds of a time such as 90, 90s, 5m or 1h, rounded up. */}}
{{- define "runner.seconds" -}}
{{- $text := toString . -}}
{{- $number := regexFind "^[0-9.]+" $text | float64 -}}
{{- $unit := regexFind "[a-z]*$" $text -}}
{{- if eq $unit "ms" }}{{ divf $number 1000 | ceil | int64 }}
{{- else if eq $unit "m" }}{{ mulf $number 60 | ceil | int64 }}
{{- else if eq $unit "h" }}{{ mulf $number 3600 | ceil | int64 }}
{{- else }}{{ $number | ceil | int64 }}
{{- end -}}
{{- end -}}

{{/* The agent needs its drain and a little more; without a drain it removes its registrations and ends. */}}
{{- define "runner.grace" -}}
{{- $drain := (include "runner.config" . | fromYaml).agent | default dict | dig "drainTimeout" "0s" -}}
{{- .Values.terminationGracePeriodSeconds | default (add 60 (include "runner.seconds" $drain)) | int64 -}}
{{- end -}}
