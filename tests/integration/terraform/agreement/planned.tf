resource "terraform_data" "u" { input = { a = 1, b = "x", l = [1, 2] } }
resource "terraform_data" "n" { count = 2 }
resource "terraform_data" "f" {
  for_each = { a = 1, b = 2 }
  input = each.value
}
resource "terraform_data" "in" { input = terraform_data.u.id }
resource "terraform_data" "none" {}
resource "terraform_data" "tr" { triggers_replace = ["a", terraform_data.u.id] }
resource "terraform_data" "fixed" {
  input = "k"
  triggers_replace = [1, "a"]
}
resource "terraform_data" "nullin" { input = null }
variable "any" { default = { x = 1 } }
variable "str" {
  type = string
  default = "s"
}
variable "opt" {
  type = object({
    a = optional(string, "da")
    b = optional(object({ c = optional(number, 5), d = optional(list(string), ["z"]) }), {})
    e = optional(object({ f = optional(bool, true) }))
    g = optional(map(object({ h = optional(string, "hh") })), {})
    i = optional(any)
  })
  default = { g = { k = {}, m = { h = null } } }
}
variable "nn" {
  type = string
  nullable = false
  default = "nn"
}
variable "sens" {
  sensitive = true
  default = "secret"
}
variable "tup" {
  type = tuple([string, number])
  default = ["a", null]
}
variable "sets" {
  type = set(number)
  default = ["3", 1, 2]
}
variable "lo" {
  type = list(object({ a = optional(string, "x"), b = number }))
  default = [{ b = "1" }, { a = "y", b = 2 }]
}
variable "anyl" {
  type = list(any)
  default = [1, "a", true]
}
variable "anym" {
  type = map(any)
  default = { a = 1, b = "x" }
}
locals {
  u  = terraform_data.u.id
  ul = tolist([terraform_data.u.id, "a"])
  us = toset([terraform_data.u.id, "a"])
  um = tomap({ a = terraform_data.u.id, b = "x" })
  uo = { a = terraform_data.u.id, b = "x" }
  ud = terraform_data.u.output
  un = tonumber(terraform_data.u.id)
  ub = tobool(terraform_data.u.id)
  s  = sensitive("s")
  so = { a = sensitive("x"), b = 1 }
  t  = "hello $${name}"
  tl = "%%{ for x in xs ~}\n$${x}\n%%{ endfor ~}\n"
  h  = <<-EOT
      indented
        more
      ${"x"}
    last
  EOT
}
