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

{{- define "runner.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "runner.jobNamespace" -}}
{{ .Values.kubernetes.namespace | default .Release.Namespace }}
{{- end -}}
