;;; check.el --- Belay in Emacs by Eglot, in batch mode  -*- lexical-binding: t -*-

;; Runs in a project made by editor_run.mjs, with editors/emacs in the load path. Environment:
;; BELAY_PROGRAM, BELAY_DATABASE. Ends with 0, or with 1 and the reason on stderr.

(require 'seq)
(require 'flymake)
(require 'belay)

(defconst begun (float-time))
(defun say (text) (princ (format "%6.1f s  %s\n" (- (float-time) begun) text)))

(defun await (what ask)
  "Wait until the function ASK answers something; WHAT names it in the error."
  (let ((end (+ (float-time) 60)) answer)
    (while (not (setq answer (funcall ask)))
      (when (> (float-time) end) (error "Waited in vain for %s" what))
      (accept-process-output nil 0.05))
    answer))

(defun dump ()
  (with-temp-buffer
    (call-process "sqlite3" nil t nil "-bail" (getenv "BELAY_DATABASE") ".dump")
    (buffer-string)))

(defconst project default-directory)

(defun open (file)
  (find-file (expand-file-name file project))
  ;; Batch mode runs no command behind which Eglot would start by itself.
  (unless (eglot-managed-p) (apply #'eglot--connect (eglot--guess-contact)))
  (await "the server" #'eglot-current-server)
  (eglot--maybe-activate-editing-mode)
  (flymake-mode 1)
  (flymake-start))

(defun findings ()
  (mapconcat #'flymake-diagnostic-text (flymake-diagnostics) "\n"))

(defun titles (actions) (mapconcat (lambda (action) (plist-get action :title)) actions "\n"))

(condition-case failure
    (progn
      (setq belay-program (getenv "BELAY_PROGRAM"))
      (open "shop/migrations/0003_index_orders.up.sql")
      (await "the findings" (lambda () (string-match-p "Nobody can write to `orders`" (findings))))
      (say "findings")

      (goto-char (+ (point-min) 8))
      (let ((actions (eglot-code-actions (point) (point) nil)))
        (unless (string-match-p "CONCURRENTLY" (titles actions)) (error "No fix: %S" actions))
        (say "code actions"))

      (let* ((answer (jsonrpc-request (eglot-current-server) :textDocument/hover
                                      (eglot--TextDocumentPositionParams)))
             (text (format "%S" answer)))
        (unless (string-match-p "SHARE" text) (error "No lock in the hover: %s" text))
        (say "hover"))

      (goto-char (point-max))
      (insert "DROP TABLE orders;\n")
      ;; What Eglot does once Emacs is idle, which it never is in batch mode.
      (eglot--signal-textDocument/didChange)
      (await "what is typed to be checked"
             (lambda () (string-match-p "orders" (findings)) (string-match-p "gone\\|destroy\\|lost" (findings))))
      (set-buffer-modified-p nil)
      (say "findings follow what is typed")

      (let ((before (dump)))
        (open "rope/migrations/0002_split_name.up.sql")
        (await "the findings" (lambda () (string-match-p "are gone" (findings))))
        (let ((answer (belay "plan")))
          (unless (string-match-p "2 migrations are pending" (plist-get answer :message))
            (error "No plan: %S" answer))
          (with-current-buffer "*Belay plan*"
            (unless (string-match-p "0002" (buffer-string)) (error "An empty report"))))
        (unless (equal before (dump)) (error "The database has changed"))
        (say "M-x belay: a plan in a window of its own, and the database as it was"))

      (let ((server (eglot-current-server)))
        (eglot-shutdown server nil 10)
        (when (jsonrpc-running-p server) (error "The server is still there")))
      (say "shut down"))
  (error (message "FAILED %s" (error-message-string failure))
         (kill-emacs 1)))
(kill-emacs 0)
