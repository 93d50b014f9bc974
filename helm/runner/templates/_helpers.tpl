{{- define "runner.labels" -}}
app.kubernetes.io/name: runner
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: agent
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ include "runner.texts" . }}
{{- end }}
{{- end -}}

{{- define "runner.selector" -}}
app.kubernetes.io/name: runner
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: agent
{{- end -}}

{{/* The server of caches and artifacts (services). */}}
{{- define "runner.services" -}}
{{ .Release.Name }}-services
{{- end -}}

{{- define "runner.servicesSelector" -}}
app.kubernetes.io/name: runner
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: services
{{- end -}}

{{- define "runner.servicesLabels" -}}
{{ include "runner.servicesSelector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ include "runner.texts" . }}
{{- end }}
{{- end -}}

{{- define "runner.servicesSecret" -}}
{{ .Values.services.keySecretName | default (include "runner.services" .) }}
{{- end -}}

{{- define "runner.servicesUrl" -}}
{{ .Values.services.url | default (printf "http://%s.%s.svc:%d/" (include "runner.services" .) .Release.Namespace (int64 .Values.services.port)) }}
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
{{- if eq (include "runner.auth" .) "app" }}
{{- $auth = dict "appIdFile" "/etc/runner/github/appId" "installationIdFile" "/etc/runner/github/installationId" "privateKeyFile" "/etc/runner/github/privateKey" }}
{{- end }}
{{- $config := dict
  "backend" "kubernetes"
  "github" (dict "url" .Values.github.url "auth" $auth)
  "pools" .Values.pools
  "kubernetes" (deepCopy .Values.kubernetes)
  "monitoring" (dict "metricsPort" .Values.metricsPort) }}
{{- if .Values.externalMetrics.enabled }}
{{- $_ := set $config.monitoring "externalMetrics" (dict "enabled" true "port" (int64 .Values.externalMetrics.port) "certificateFile" "/etc/runner/external-metrics/tls.crt" "keyFile" "/etc/runner/external-metrics/tls.key") }}
{{- end }}
{{- with include "runner.network" . | fromYaml }}{{ $_ := set $config "network" . }}{{ end }}
{{- if .Values.services.enabled }}
{{- $_ := set $config "services" (dict (ternary "resultsUrl" "cacheUrl" .Values.services.artifacts) (include "runner.servicesUrl" .) "keyFile" "/etc/runner/services/key") }}
{{- end }}
{{- $config = mergeOverwrite $config (deepCopy .Values.config) }}
{{- $made := dict "namespace" (include "runner.defaultJobNamespace" .) "runnerImage" (include "runner.image" .) "instance" (include "runner.instance" (dict "release" .Release "url" $config.github.url)) }}
{{- if .Values.jobs.toolCache.create }}
{{- $_ := set $made "storage" (dict "toolCache" (dict "type" "pvc" "claimName" (include "runner.jobObjects" .))) }}
{{- end }}
{{- $kubernetes := $config.kubernetes }}
{{- if not $kubernetes.namespace }}{{ $kubernetes = omit $kubernetes "namespace" }}{{ end }}
{{- $_ := set $config "kubernetes" (merge $kubernetes $made) }}
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

{{- define "runner.defaultJobNamespace" -}}
{{ printf "%s-jobs" (.Release.Namespace | trunc 58 | trimSuffix "-") }}
{{- end -}}

{{/* token or app: by the Secret that is named, or by what the chart makes one of. */}}
{{- define "runner.auth" -}}
{{- $app := .Values.github.app -}}
{{- $made := list (ternary "github.token" "" (ne .Values.github.token "")) (ternary "github.app" "" (or (ne (toString $app.id) "") (ne $app.privateKey ""))) | compact -}}
{{- if and .Values.github.secretName $made -}}
{{- fail (printf "github.secretName names a Secret, and %s would make one: leave one of them out" (join " and " $made)) -}}
{{- else if gt (len $made) 1 -}}
{{- fail "github.token and github.app are both set: leave one of them out" -}}
{{- else if not (or .Values.github.secretName $made) -}}
{{- fail "github.secretName names the Secret with GitHub's credentials; or github.token or github.app hold them" -}}
{{- end -}}
{{- if eq (first $made | default "") "github.app" -}}
{{- range $key := list "id" "installationId" "privateKey" -}}
{{- if eq (toString (get $app $key)) "" -}}{{- fail (printf "github.app.%s is missing" $key) -}}{{- end -}}
{{- end -}}
app
{{- else if $made -}}
token
{{- else -}}
{{ .Values.github.auth }}
{{- end -}}
{{- end -}}

{{- define "runner.secretName" -}}
{{ .Values.github.secretName | default (printf "%s-github" .Release.Name) }}
{{- end -}}

{{/* Numbers of values files come as floats. */}}
{{- define "runner.number" -}}
{{- if kindIs "float64" . }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end -}}

{{/* Labels and annotations: the API takes nothing but texts. */}}
{{- define "runner.texts" -}}
{{- $lines := list -}}
{{- range $key, $value := . }}{{ $lines = append $lines (printf "%s: %s" $key (include "runner.number" $value | quote)) }}{{ end -}}
{{ join "\n" $lines }}
{{- end -}}

{{- define "runner.serviceAccount" -}}
{{ .Values.serviceAccount.name | default (ternary .Release.Name "default" .Values.serviceAccount.create) }}
{{- end -}}

{{/* Whether something else than `replicas` says how many agents there are. */}}
{{- define "runner.scaled" -}}
{{- if and .Values.autoscaling.enabled .Values.keda.enabled }}{{ fail "autoscaling.enabled and keda.enabled are both true: leave one of them out" }}{{ end -}}
{{- if or .Values.autoscaling.enabled .Values.keda.enabled }}true{{ end -}}
{{- end -}}

{{/* Pools whose jobs are the more, the more agents there are. */}}
{{- define "runner.scaledPools" -}}
{{- $pools := list -}}
{{- range (include "runner.config" . | fromYaml).pools -}}
{{- if ne (.mode | default "runners") "scaleset" }}{{ $pools = append $pools . }}{{ end -}}
{{- end -}}
{{- if not $pools }}{{ fail "autoscaling, keda: no pool of the mode runners, and one of the mode scaleset takes no more jobs with more agents: set its maxJobs, or metrics or triggers of your own" }}{{ end -}}
{{ toYaml $pools }}
{{- end -}}

{{- define "runner.externalMetrics" -}}
{{ .Release.Name }}-external-metrics
{{- end -}}

{{- define "runner.externalMetricsSecret" -}}
{{ .Values.externalMetrics.certificate.secretName | default (include "runner.externalMetrics" .) }}
{{- end -}}

{{- define "runner.jobSelector" -}}
app.kubernetes.io/name: runner-job
app.kubernetes.io/instance: {{ (include "runner.config" . | fromYaml).kubernetes.instance }}
{{- end -}}

{{/* Name of what the chart makes for jobs: releases of one name may have their jobs in the same namespace. */}}
{{- define "runner.jobObjects" -}}
{{ .Release.Namespace }}-{{ .Release.Name }}
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
