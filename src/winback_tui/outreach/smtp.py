"""Sending one mail through the server that the config names, by the standard library."""

import smtplib
import ssl
from email import message_from_string
from email.policy import SMTP as POLICY

from winback_tui.config.alerts import Mail


def send(mail: Mail, password: str, draft: str) -> str:
    """Send a draft; return why that was not possible, or nothing where it was.

    The server's certificate is checked. What the server says is not repeated: it may quote the
    mail.
    """
    message = message_from_string(draft, policy=POLICY)
    del message["X-Unsent"]
    context = ssl.create_default_context()
    try:
        if mail.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                mail.host, mail.port, timeout=mail.timeout, context=context
            )
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=mail.timeout)
        with server:
            if mail.security == "starttls":
                server.starttls(context=context)
            if mail.user:
                server.login(mail.user, password)
            server.send_message(message)
    except smtplib.SMTPResponseException as error:
        return f"the mail server answered {error.smtp_code}"
    except smtplib.SMTPException as error:
        return f"the mail server refused ({type(error).__name__})"
    except TimeoutError:
        return "the mail server gave no answer in time"
    except OSError as error:
        return str(error.strerror or type(error).__name__)[:120]
    return ""
